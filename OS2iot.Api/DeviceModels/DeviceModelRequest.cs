using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.DeviceModels;

internal sealed class CreateDeviceModelRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["belongsToId"] = Is.Id(), ["body"] = UpdateDeviceModelRequest.BodyField() };

    /// <summary>The organization.</summary>
    public int BelongsToId { get; init; }

    /// <summary>A description of the smart data model DeviceModel.</summary>
    public JsonElement Body { get; init; }
}

internal sealed class UpdateDeviceModelRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["body"] = BodyField() };

    /// <summary>A description of the smart data model DeviceModel.</summary>
    public JsonElement Body { get; init; }

    internal static Field BodyField() => new Field().Rule("isObject", v => v.ValueKind == JsonValueKind.Object, p => $"{p} must be an object");
}
