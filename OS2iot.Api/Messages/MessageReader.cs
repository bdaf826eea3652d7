using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.Uplinks;

namespace OS2iot.Api.Messages;

/// <summary>Reads a device's messages with what became of them: four commands, however many messages.</summary>
internal sealed class MessageReader(AppDbContext db)
{
    public Task<MessagePage> ReadAsync(int deviceId, int limit, MessageCursor? before, CancellationToken ct) =>
        ReadAsync(deviceId, limit, before, from: null, to: null, ct);

    /// <summary>Newest first. One more than <paramref name="limit"/> is looked for, to know whether a page follows.</summary>
    public async Task<MessagePage> ReadAsync(
        int deviceId, int limit, MessageCursor? before, DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        var query = db.ReceivedMessages.AsNoTracking().Where(m => m.DeviceId == deviceId);
        query = from is { } earliest ? query.Where(m => m.ReceivedAt >= earliest) : query;
        query = to is { } end ? query.Where(m => m.ReceivedAt < end) : query;
        if (before is { ReceivedAt: var receivedAt, Id: var id })
        {
            query = query.Where(m => EF.Functions.LessThan(ValueTuple.Create(m.ReceivedAt, m.Id), ValueTuple.Create(receivedAt, id)));
        }

        var found = await query.OrderByDescending(m => m.ReceivedAt).ThenByDescending(m => m.Id).Take(limit + 1).ToListAsync(ct);
        var page = found.Take(limit).ToList();
        if (page.Count == 0)
        {
            return new MessagePage([], Next: null);
        }

        var next = found.Count > limit ? new MessageCursor(page[^1].ReceivedAt, page[^1].Id).ToString() : null;
        return new MessagePage(await WithOutcomesAsync(deviceId, page, ct), next);
    }

    private async Task<IReadOnlyList<MessageResponse>> WithOutcomesAsync(int deviceId, List<ReceivedMessage> page, CancellationToken ct)
    {
        var ids = page.Select(m => m.Id).ToList();
        var (oldest, newest) = (page[^1].ReceivedAt, page[0].ReceivedAt);

        // The span of time names the partitions to look into.
        var decoded = await db.DecodedMessages.AsNoTracking()
            .Where(d => d.DeviceId == deviceId && d.ReceivedAt >= oldest && d.ReceivedAt <= newest && ids.Contains(d.MessageId))
            .OrderBy(d => d.PayloadDecoderId)
            .Select(d => new
            {
                Row = d,
                Name = db.PayloadDecoders.Where(p => p.Id == d.PayloadDecoderId).Select(p => p.Name).FirstOrDefault(),
            })
            .ToListAsync(ct);
        var attempts = await db.DeliveryAttempts.AsNoTracking()
            .Where(a => a.DeviceId == deviceId && a.ReceivedAt >= oldest && a.ReceivedAt <= newest && ids.Contains(a.MessageId))
            .OrderBy(a => a.AttemptedAt)
            .Select(a => new Attempt(a, db.DataTargets.Where(t => t.Id == a.DataTargetId).Select(t => t.Name).FirstOrDefault()))
            .ToListAsync(ct);
        var waiting = await db.Deliveries.AsNoTracking()
            .Where(d => d.DeviceId == deviceId && ids.Contains(d.MessageId))
            .Select(d => new Waiting(
                d.MessageId, d.ConnectionId, d.DataTargetId, d.State, d.NextAttemptAt,
                db.DataTargets.Where(t => t.Id == d.DataTargetId).Select(t => t.Name).FirstOrDefault()))
            .ToListAsync(ct);

        var decodedOf = decoded.ToLookup(
            d => d.Row.MessageId,
            d => new DecodedResponse(
                d.Row.PayloadDecoderId, d.Name, d.Row.PayloadDecoderVersion,
                d.Row.Payload is { } payload ? new RawJson(payload) : null, d.Row.Error, d.Row.DecodedAt));
        var attemptsOf = attempts.ToLookup(a => a.Row.MessageId);
        var waitingOf = waiting.ToLookup(w => w.MessageId);
        return [.. page.Select(m => new MessageResponse(
            m.Id, m.ReceivedAt, m.SentAt, m.Network.ToWire(), new RawJson(m.Payload), m.Rssi, m.Snr, m.FPort, m.FCnt, m.IsRecovered,
            Receptions.Of(m.Network, m.Payload),
            [.. decodedOf[m.Id]], Deliveries(attemptsOf[m.Id], waitingOf[m.Id])))];
    }

    private static IReadOnlyList<DeliveryResponse> Deliveries(IEnumerable<Attempt> attempts, IEnumerable<Waiting> waiting)
    {
        var attemptsOf = attempts.ToLookup(a => a.Row.ConnectionId);
        var waitingOf = waiting.ToDictionary(w => w.ConnectionId);
        return [.. attemptsOf.Select(a => a.Key).Union(waitingOf.Keys).Order()
            .Select(id => Delivery(id, [.. attemptsOf[id]], waitingOf.GetValueOrDefault(id)))];
    }

    private static DeliveryResponse Delivery(int connectionId, List<Attempt> attempts, Waiting? waiting)
    {
        // Without a row that waits, the last try decided.
        var state = waiting switch
        {
            { State: DeliveryState.Pending } => "pending",
            { State: DeliveryState.Dead } => "dead",
            _ => attempts.Any(a => a.Row.Outcome == DeliveryOutcome.Delivered) ? "delivered" : "dead",
        };
        return new DeliveryResponse(
            waiting?.DataTargetId ?? attempts[^1].Row.DataTargetId,
            waiting?.DataTargetName ?? attempts.LastOrDefault()?.DataTargetName,
            connectionId,
            [.. attempts.Select(a => a.ToResponse())],
            state,
            state == "pending" ? waiting!.NextAttemptAt : null);
    }

    private sealed record Attempt(DeliveryAttempt Row, string? DataTargetName)
    {
        public AttemptResponse ToResponse() => new(
            Row.Attempt, Row.AttemptedAt, Row.DurationMs, JsonNamingPolicy.CamelCase.ConvertName(Row.Outcome.ToString()),
            Row.StatusCode, Row.Error);
    }

    private sealed record Waiting(
        Guid MessageId, int ConnectionId, int DataTargetId, DeliveryState State, DateTimeOffset NextAttemptAt, string? DataTargetName);
}
