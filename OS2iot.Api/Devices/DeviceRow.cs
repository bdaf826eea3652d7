using System.Text.Json.Serialization;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Devices;

/// <summary>One of many devices in a request, and what became of it.</summary>
internal sealed class DeviceRow<TRequest>(TRequest request)
    where TRequest : DeviceRequest
{
    public TRequest Request { get; } = request;

    public Device? Device { get; set; }

    /// <summary>Of the device, once it is saved.</summary>
    public int? Id { get; set; }

    /// <summary>Why it was not saved.</summary>
    public string? Error { get; set; }

    public bool IsOpen => Id is null && Error is null;

    public DeviceRowResponse ToResponse(IReadOnlyDictionary<int, SavedDevice> saved)
    {
        var device = Id is { } id ? saved.GetValueOrDefault(id) : null;
        return new DeviceRowResponse(
            device, new DeviceRowName(Request.Name, Request.ApplicationId),
            device is null ? new DeviceRowError(Error ?? Http.ErrorCodes.IdDoesNotExist) : null);
    }
}

/// <summary>What became of one row: either the device or why there is none.</summary>
/// <param name="Data">The device as it is saved.</param>
/// <param name="IdMetadata">By which the client finds its row.</param>
/// <param name="Error">Why the row was not saved.</param>
internal sealed record DeviceRowResponse(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SavedDevice? Data,
    DeviceRowName IdMetadata,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DeviceRowError? Error);

internal sealed record DeviceRowName(string Name, int ApplicationId);

internal sealed record DeviceRowError(string Message);

/// <summary>What requests for many devices may hold.</summary>
internal static class DeviceRows
{
    public const int Max = 1000;

    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>So many are saved together: all, or each by itself if the database refuses one.</summary>
    public const int ChunkSize = 100;
}
