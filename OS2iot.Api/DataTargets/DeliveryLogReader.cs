using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

/// <summary>Reads the tries to deliver to a target, newest first: three commands, however many tries.</summary>
internal sealed class DeliveryLogReader(AppDbContext db)
{
    public IQueryable<DeliveryAttempt> Of(int dataTargetId) => db.DeliveryAttempts.AsNoTracking().Where(a => a.DataTargetId == dataTargetId);

    public async Task<List<DeliveryLogEntry>> ReadAsync(IQueryable<DeliveryAttempt> attempts, int offset, int limit, CancellationToken ct)
    {
        var page = await attempts.OrderByDescending(a => a.AttemptedAt).ThenByDescending(a => a.MessageId).ThenBy(a => a.ConnectionId)
            .Skip(offset).Take(limit).ToListAsync(ct);
        var deviceIds = page.Select(a => a.DeviceId).Distinct().ToList();
        var decoderIds = page.Select(a => a.PayloadDecoderId).OfType<int>().Distinct().ToList();
        var devices = await db.Devices.Where(d => deviceIds.Contains(d.Id)).Select(d => new NamedRow(d.Id, d.Name)).ToDictionaryAsync(d => d.Id, ct);
        var decoders = await db.PayloadDecoders.Where(d => decoderIds.Contains(d.Id)).Select(d => new NamedRow(d.Id, d.Name)).ToDictionaryAsync(d => d.Id, ct);
        return [.. page.Select(a => new DeliveryLogEntry(
            a.MessageId,
            a.ReceivedAt,
            a.AttemptedAt,
            a.Attempt,
            a.Outcome == DeliveryOutcome.Delivered ? SendStatus.Ok : SendStatus.Error,
            JsonNamingPolicy.CamelCase.ConvertName(a.Outcome.ToString()),
            a.StatusCode,
            a.DurationMs,
            a.Error,
            a.ConnectionId,
            devices.GetValueOrDefault(a.DeviceId),
            a.PayloadDecoderId is { } decoder ? decoders.GetValueOrDefault(decoder) : null))];
    }
}

/// <summary>What became of a try, in the wire's words.</summary>
internal static class SendStatus
{
    public const string Ok = "OK";

    public const string Error = "ERROR";
}
