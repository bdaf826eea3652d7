using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Messaging;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.Duplicates;

namespace OS2iot.Workers.Sigfox;

/// <summary>Makes of what Sigfox could not deliver what it would have become, and appends what is not known yet.</summary>
internal sealed partial class UndeliveredMessages(
    SigfoxClient sigfox,
    IMessageLog log,
    FirstReceptions firsts,
    IOptions<SigfoxWorkOptions> options,
    TimeProvider clock,
    ILogger<UndeliveredMessages> logger)
{
    private const int AtOnce = 500;

    /// <summary>Sigfox keeps them no longer.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    /// <summary>Sigfox tries to deliver for 7 minutes after a message.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromHours(1);

    /// <returns>How many messages were new.</returns>
    /// <exception cref="SigfoxException">Sigfox did not tell.</exception>
    /// <exception cref="LogUnavailableException">The log did not take them; all come again.</exception>
    public async Task<int> RecoverAsync(AppDbContext db, SigfoxDeviceType type, SigfoxLogin login, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var since = type.UndeliveredReadUntil is { } until ? until - options.Value.UndeliveredOverlap : now - Kept;
        var found = await sigfox.ListUndeliveredAsync(login, type.SigfoxId, since, now + TimeSpan.FromMinutes(1), ct);
        var read = found.Select(Read).OfType<Callback>().ToList();
        if (read.Count < found.Count)
        {
            LogUnreadable(found.Count - read.Count, type.SigfoxId);
        }

        var devices = await DevicesOfAsync(db, type.SigfoxId, ct);
        var known = read.Where(c => devices.ContainsKey(c.DeviceId) && c.IsOf(type.SigfoxId)).OrderBy(c => c.SentAt).ThenBy(c => c.SequenceNumber).ToList();
        var recovered = 0;
        foreach (var part in known.Chunk(AtOnce))
        {
            recovered += await AppendAsync(db, part, devices, ct);
        }

        return recovered;
    }

    private async Task<int> AppendAsync(
        AppDbContext db, Callback[] part, Dictionary<string, (int Id, int ApplicationId, int OrganizationId)> devices, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var messages = part.Select(c => c.Message?.ToUplink(devices[c.DeviceId], ReceivedAt(c, now), c.Body, isRecovered: true)).OfType<UplinkReceived>()
            .DistinctBy(u => u.MessageId).ToList();
        var missing = await MissingAsync(db, messages, ct);
        if (missing.Count > 0)
        {
            await log.AppendAsync(LogTopic.Uplinks, [.. missing.Select(u => u.ToRecord())], ct);

            // Known from now on, however far the stages are.
            await firsts.OfAsync(missing, "recovery", ct);
        }

        var events = part.Select(c => c.ToEvent(devices[c.DeviceId].Id, now)).OfType<SigfoxEvent>().DistinctBy(e => e.EventId).ToList();
        if (events.Count > 0)
        {
            await log.AppendAsync(LogTopic.NetworkEvents, [.. events.Select(e => e.ToRecord())], ct);
        }

        return missing.Count;
    }

    /// <summary>
    /// When Sigfox had it: so it has its place in the history, and is no newer than what came since. The fraction of the second is another
    /// at each reading, by which a message that is read twice before anybody noted it is known for a repeat.
    /// </summary>
    private static DateTimeOffset ReceivedAt(Callback callback, DateTimeOffset now)
    {
        var second = callback.SentAt.AddTicks(-(callback.SentAt.Ticks % TimeSpan.TicksPerSecond));
        var at = second.AddTicks(now.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond);
        return at < now ? at : now;
    }

    // First receptions are remembered for two days, which is less than Sigfox remembers.
    private static async Task<List<UplinkReceived>> MissingAsync(AppDbContext db, List<UplinkReceived> messages, CancellationToken ct)
    {
        if (messages.Count == 0)
        {
            return messages;
        }

        Guid[] ids = [.. messages.Select(m => m.MessageId)];
        int[] devices = [.. messages.Select(m => m.DeviceId).Distinct()];
        var (earliest, latest) = (messages.Min(m => m.ReceivedAt) - Around, messages.Max(m => m.ReceivedAt) + Around);
        var seen = await db.Database.SqlQuery<Guid>(
            $"""
            SELECT message_id AS "Value" FROM uplink_firsts WHERE message_id = ANY ({ids})
            UNION
            SELECT id FROM received_messages
            WHERE device_id = ANY ({devices}) AND received_at BETWEEN {earliest} AND {latest} AND id = ANY ({ids})
            """).ToListAsync(ct);
        var known = seen.ToHashSet();
        return messages.FindAll(m => !known.Contains(m.MessageId));
    }

    private static async Task<Dictionary<string, (int Id, int ApplicationId, int OrganizationId)>> DevicesOfAsync(
        AppDbContext db, string typeId, CancellationToken ct)
    {
        var found = await db.SigfoxDevices.AsNoTracking().IgnoreAutoIncludes()
            .Where(d => d.SigfoxDeviceTypeId == typeId || d.NextDeviceTypeId == typeId)
            .Select(d => new { d.SigfoxId, d.Id, d.ApplicationId, d.Application!.OrganizationId }).ToListAsync(ct);
        return found.ToDictionary(d => d.SigfoxId, d => (d.Id, d.ApplicationId, d.OrganizationId));
    }

    /// <returns>Null where it was not for us, or is not as we would have taken it.</returns>
    private static Callback? Read(SigfoxUndelivered undelivered)
    {
        if (SigfoxCallbackKinds.OfAddress(undelivered.Url) is not { } kind)
        {
            return null;
        }

        // Of those that were gathered each is listed by itself, with the body of all.
        foreach (var body in SigfoxBody.Split(Encoding.UTF8.GetBytes(undelivered.Body), out _) ?? [])
        {
            if (Callback.Read(kind, body) is { } callback
                && string.Equals(callback.DeviceId, undelivered.DeviceId, StringComparison.OrdinalIgnoreCase)
                && (undelivered.SentAt is not { } sentAt || (sentAt - callback.SentAt).Duration() < TimeSpan.FromSeconds(2)))
            {
                return callback;
            }
        }

        return null;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} callbacks that Sigfox could not deliver were not for us or not readable, of device type {Type}")]
    private partial void LogUnreadable(int count, string type);

    private sealed record Callback(SigfoxCallbackKind Kind, SigfoxCallback? Message, SigfoxNotice? Notice, ReadOnlyMemory<byte> Body)
    {
        public string DeviceId => (Message?.DeviceId ?? Notice!.DeviceId).ToUpperInvariant();

        public DateTimeOffset SentAt => Message?.SentAt ?? Notice!.SentAt;

        public double SequenceNumber => Message?.SequenceNumber ?? 0;

        public static Callback? Read(SigfoxCallbackKind kind, ReadOnlyMemory<byte> body) =>
            kind.BringsUplink()
                ? SigfoxCallback.Read(body.Span, out _) is { } message ? new Callback(kind, message, Notice: null, body) : null
                : SigfoxNotice.Read(body, out _) is { } notice ? new Callback(kind, Message: null, notice, body) : null;

        public bool IsOf(string typeId) =>
            string.Equals(Message?.DeviceTypeId ?? Notice!.DeviceTypeId, typeId, StringComparison.OrdinalIgnoreCase);

        public SigfoxEvent? ToEvent(int deviceId, DateTimeOffset now) =>
            Notice?.ToEvent(Kind, deviceId, now, Body)
            ?? (Kind == SigfoxCallbackKind.DataAdvanced ? Message!.ToReception(deviceId, now, Body) : null);
    }
}
