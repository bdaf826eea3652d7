using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Deliveries;

internal sealed class ListDeliveriesQuery : ListQuery
{
    /// <summary>pending or dead; both when absent.</summary>
    public string? State { get; private set; }

    /// <summary>Of this device only.</summary>
    public int? DeviceId { get; private set; }

    /// <summary>Messages received then or later.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>Messages received before then.</summary>
    public DateTimeOffset? To { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        State = query.OneOf("state", "pending", "dead");
        DeviceId = query.Number("deviceId");
        From = query.Time("from");
        To = query.Time("to");
    }
}

/// <summary>A message that a target has not taken.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="DeviceId">Whose it is.</param>
/// <param name="DeviceName">Null when the device is gone.</param>
/// <param name="ConnectionId">By which it goes there.</param>
/// <param name="State">pending or dead.</param>
/// <param name="Attempts">Tries made.</param>
/// <param name="NextAttemptAt">Only while pending.</param>
/// <param name="LastError">Why the last try failed.</param>
/// <param name="CreatedAt">Since when it waits.</param>
internal sealed record WaitingDelivery(
    Guid MessageId,
    DateTimeOffset ReceivedAt,
    int DeviceId,
    string? DeviceName,
    int ConnectionId,
    string State,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    string? LastError,
    DateTimeOffset CreatedAt);

/// <summary>What waits for a target and what it never took, newest message first.</summary>
internal sealed class ListDeliveries(AppDbContext db, Caller caller) : Endpoint<ListDeliveriesQuery, ListResponse<WaitingDelivery>>
{
    public override void Configure()
    {
        Get("data-target/{id}/deliveries");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<WaitingDelivery>> ExecuteAsync(ListDeliveriesQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!await db.DataTargets.VisibleTo(caller).AnyAsync(t => t.Id == id, ct))
        {
            throw Refusal.NotFound();
        }

        var deliveries = Filter(db.Deliveries.AsNoTracking().Where(d => d.DataTargetId == id), list);
        var ordered = string.Equals(list.Sort, "ASC", StringComparison.OrdinalIgnoreCase)
            ? deliveries.OrderBy(d => d.ReceivedAt).ThenBy(d => d.Id)
            : deliveries.OrderByDescending(d => d.ReceivedAt).ThenByDescending(d => d.Id);
        var page = await ordered.Skip(list.Offset).Take(list.Limit)
            .Select(d => new WaitingDelivery(
                d.MessageId, d.ReceivedAt, d.DeviceId, db.Devices.Where(v => v.Id == d.DeviceId).Select(v => v.Name).FirstOrDefault(),
                d.ConnectionId, d.State == DeliveryState.Dead ? "dead" : "pending", d.Attempts,
                d.State == DeliveryState.Dead ? null : d.NextAttemptAt, d.LastError, d.CreatedAt))
            .ToListAsync(ct);
        return new ListResponse<WaitingDelivery>(page, await deliveries.CountAsync(ct));
    }

    private static IQueryable<Delivery> Filter(IQueryable<Delivery> deliveries, ListDeliveriesQuery list)
    {
        if (list.State is { } word)
        {
            var state = word == "dead" ? DeliveryState.Dead : DeliveryState.Pending;
            deliveries = deliveries.Where(d => d.State == state);
        }

        deliveries = list.DeviceId is { } device ? deliveries.Where(d => d.DeviceId == device) : deliveries;
        deliveries = list.From is { } from ? deliveries.Where(d => d.ReceivedAt >= from) : deliveries;
        return list.To is { } to ? deliveries.Where(d => d.ReceivedAt < to) : deliveries;
    }
}
