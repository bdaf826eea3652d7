using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;

namespace OS2iot.Ingest.Limits;

/// <summary>
/// What an organization may send, so that one cannot fill the log and the disks of all. A minute is counted by each instance for itself; a
/// day by all together, through the database, a few seconds late, and it outlives a restart. Who is unknown yet is let through.
/// </summary>
internal sealed partial class OrganizationQuotas(
    NpgsqlDataSource database, IOptions<LimitsOptions> options, TimeProvider clock, ILogger<OrganizationQuotas> logger) : BackgroundService
{
    private const string Write =
        """
        WITH written AS (
            INSERT INTO organization_usage AS u (organization_id, day, messages)
            SELECT g.organization_id, $3, g.messages FROM unnest($1, $2) AS g (organization_id, messages)
            JOIN organizations o ON o.id = g.organization_id ORDER BY g.organization_id
            ON CONFLICT (organization_id, day) DO UPDATE SET messages = u.messages + excluded.messages
            RETURNING organization_id, messages)
        SELECT w.organization_id, w.messages, o.messages_per_minute, o.messages_per_day FROM written w JOIN organizations o ON o.id = w.organization_id
        """;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromHours(1);

    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<int, Usage> _usages = new();

    /// <summary>Zero, or how long to wait.</summary>
    public TimeSpan Check(int organizationId)
    {
        if (!_usages.TryGetValue(organizationId, out var usage))
        {
            return TimeSpan.Zero;
        }

        var now = clock.GetUtcNow();
        var perDay = usage.PerDay ?? options.Value.OrganizationPerDay;
        var perMinute = usage.PerMinute ?? options.Value.OrganizationPerMinute;
        if (perDay > 0 && usage.Today(now) >= perDay)
        {
            Warn(organizationId, usage, now, "day");
            var midnight = now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
            return midnight < LongestWait ? midnight : LongestWait;
        }

        if (perMinute > 0 && usage.ThisMinute(now) >= perMinute)
        {
            Warn(organizationId, usage, now, "minute");
            return TimeSpan.FromSeconds(60 - now.Second);
        }

        return TimeSpan.Zero;
    }

    /// <summary>The log took a message of the organization.</summary>
    public void Count(int organizationId) => _usages.GetOrAdd(organizationId, _ => new Usage()).Add(clock.GetUtcNow());

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.QuotaInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryWriteAsync(stoppingToken);
        }
    }

    private async Task TryWriteAsync(CancellationToken ct)
    {
        try
        {
            await WriteAsync(ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotWritten(exception);
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var (id, usage) in _usages)
        {
            if (now - usage.LastAt > ForgetAfter && !usage.HasWaiting)
            {
                _usages.TryRemove(id, out _);
            }
        }

        var taken = _usages.Select(u => (Id: u.Key, Usage: u.Value, Messages: u.Value.Take())).ToList();
        if (taken.Count == 0)
        {
            return;
        }

        try
        {
            await using var command = database.CreateCommand(Write);
            command.Parameters.Add(Columns.Of(taken, t => t.Id));
            command.Parameters.Add(Columns.Of(taken, t => t.Messages));
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = DateOnly.FromDateTime(now.UtcDateTime) });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                _usages.GetValueOrDefault(reader.GetInt32(0))?.Set(
                    now, reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetInt32(3));
            }
        }
        catch
        {
            taken.ForEach(t => t.Usage.GiveBack(t.Messages));
            throw;
        }
    }

    private void Warn(int organizationId, Usage usage, DateTimeOffset now, string period)
    {
        if (usage.MayWarn(now, BetweenWarnings))
        {
            LogRefused(organizationId, period);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Organization {OrganizationId} has used up what it may send in a {Period}; more is refused until the next")]
    private partial void LogRefused(int organizationId, string period);

    [LoggerMessage(LogLevel.Warning, "What organizations sent can't be written down yet; trying again")]
    private partial void LogNotWritten(Exception exception);

    /// <summary>Counted without locks: at the turn of a minute or a day a few messages may count for either.</summary>
    private sealed class Usage
    {
        private long _waiting;
        private long _written;
        private long _day;
        private long _minute;
        private long _inMinute;
        private long _lastAt;
        private long _warnedAt;

        public int? PerMinute { get; private set; }

        public int? PerDay { get; private set; }

        public bool HasWaiting => Volatile.Read(ref _waiting) > 0;

        public DateTimeOffset LastAt => new(Volatile.Read(ref _lastAt), TimeSpan.Zero);

        public long Today(DateTimeOffset now) =>
            Volatile.Read(ref _waiting) + (Volatile.Read(ref _day) == DayOf(now) ? Volatile.Read(ref _written) : 0);

        public long ThisMinute(DateTimeOffset now) => Volatile.Read(ref _minute) == MinuteOf(now) ? Volatile.Read(ref _inMinute) : 0;

        public void Add(DateTimeOffset now)
        {
            Volatile.Write(ref _lastAt, now.UtcTicks);
            Interlocked.Increment(ref _waiting);
            if (Interlocked.Exchange(ref _minute, MinuteOf(now)) != MinuteOf(now))
            {
                Volatile.Write(ref _inMinute, 0);
            }

            Interlocked.Increment(ref _inMinute);
        }

        public long Take() => Interlocked.Exchange(ref _waiting, 0);

        public void GiveBack(long messages) => Interlocked.Add(ref _waiting, messages);

        public void Set(DateTimeOffset now, long written, int? perMinute, int? perDay)
        {
            (PerMinute, PerDay) = (perMinute, perDay);
            Volatile.Write(ref _written, written);
            Volatile.Write(ref _day, DayOf(now));
        }

        public bool MayWarn(DateTimeOffset now, TimeSpan pause)
        {
            var last = Volatile.Read(ref _warnedAt);
            return now.UtcTicks - last > pause.Ticks && Interlocked.CompareExchange(ref _warnedAt, now.UtcTicks, last) == last;
        }

        private static long DayOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerDay;

        private static long MinuteOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute;
    }
}
