using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>How the callbacks of a device type stand at Sigfox, and what was recovered of what Sigfox could not deliver.</summary>
internal sealed class SigfoxCallbacksResponse(SigfoxDeviceType type)
{
    /// <summary>At Sigfox.</summary>
    public string DeviceTypeId { get; } = type.SigfoxId;

    /// <summary>good: messages reach us. failing: they did not when it was last looked, see the error. unknown: not looked at yet.</summary>
    public string State { get; } = type switch
    {
        { CallbacksError: not null } => "failing",
        { CallbacksGoodAt: not null } => "good",
        _ => "unknown",
    };

    public DateTimeOffset? CheckedAt { get; } = type.CallbacksCheckedAt;

    /// <summary>When they were last seen as they should be.</summary>
    public DateTimeOffset? GoodAt { get; } = type.CallbacksGoodAt;

    public string? Error { get; } = type.CallbacksError;

    /// <summary>From when a callback must show its secret; null while Sigfox does not know it.</summary>
    public DateTimeOffset? GuardedFrom { get; } = type.GuardedFrom;

    public IReadOnlyList<SigfoxCallbackStateResponse> Callbacks { get; } = type.Callbacks is null
        ? []
        : [.. (JsonSerializer.Deserialize<List<SigfoxCallbackState>>(type.Callbacks, JsonSerializerOptions.Web) ?? [])
            .Select(c => new SigfoxCallbackStateResponse(JsonNamingPolicy.CamelCase.ConvertName(c.Kind), c.State, c.Error))];

    /// <summary>When Sigfox was last asked for what it could not deliver.</summary>
    public DateTimeOffset? UndeliveredReadAt { get; } = type.UndeliveredReadAt;

    /// <summary>Up to when that is known.</summary>
    public DateTimeOffset? UndeliveredReadUntil { get; } = type.UndeliveredReadUntil;

    public string? UndeliveredError { get; } = type.UndeliveredError;

    /// <summary>Messages that were found that way.</summary>
    public long Recovered { get; } = type.Recovered;

    public DateTimeOffset? LastRecoveredAt { get; } = type.LastRecoveredAt;
}

/// <param name="Kind">bidir, acknowledge, dataAdvanced, status or error.</param>
/// <param name="State">good, repaired (just now made or changed) or refused (the contract does not have it).</param>
/// <param name="Error">Why Sigfox refused it.</param>
internal sealed record SigfoxCallbackStateResponse(string Kind, string State, string? Error);

/// <summary>How the callbacks of a group's device types stand, of those that have devices here.</summary>
internal sealed class ListSigfoxCallbacks(AppDbContext db, SigfoxAccess access) : Endpoint<OfSigfoxGroupRequest, IReadOnlyList<SigfoxCallbacksResponse>>
{
    public override void Configure()
    {
        Get("sigfox-device-type/callbacks");
        Policies(Role.Read);
    }

    public override async Task<IReadOnlyList<SigfoxCallbacksResponse>> ExecuteAsync(OfSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(request.GroupId, ct);
        var types = await db.SigfoxDeviceTypes.AsNoTracking().UsedBy(group, db).OrderBy(t => t.SigfoxId).ToListAsync(ct);
        return [.. types.Select(t => new SigfoxCallbacksResponse(t))];
    }
}

internal static class SigfoxDeviceTypeQueries
{
    /// <summary>Device types of devices of the group. Two groups may well be one at Sigfox.</summary>
    public static IQueryable<SigfoxDeviceType> UsedBy(this IQueryable<SigfoxDeviceType> types, SigfoxGroup group, AppDbContext db) =>
        types.Where(t => db.SigfoxDevices.Any(d => d.SigfoxGroupId == group.Id && (d.SigfoxDeviceTypeId == t.SigfoxId || d.NextDeviceTypeId == t.SigfoxId)));
}
