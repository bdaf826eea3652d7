using System.Globalization;
using System.Net;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Api.Audit;

/// <summary>
/// Tells the audit log what failed, in a write of its own. Of one caller, and of all together, only so many lines a minute: what is
/// more is counted and told in one, so that nobody fills the disk by failing.
/// </summary>
internal sealed partial class FailureLog(IServiceScopeFactory scopes, TimeProvider clock, ILogger<FailureLog> logger) : BackgroundService
{
    public const int LinesPerCaller = 20;

    public const int Lines = 600;

    private const int MaxCallers = 10_000;

    private const int MaxSummaries = 50;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Dictionary<Who, Counted> _callers = [];
    private DateTimeOffset _since = clock.GetUtcNow();
    private int _lines;

    /// <summary>Never throws: the caller has a failure to answer already.</summary>
    public async Task WriteAsync(AuditRecord record, Actor actor)
    {
        await FlushAsync(force: false);
        if (MayWrite(record, actor))
        {
            await WriteAsync([(record, actor)]);
        }
    }

    /// <summary>Tells how many were left out, once their minute is over.</summary>
    internal async Task FlushAsync(bool force)
    {
        Dictionary<Who, Counted> over;
        DateTimeOffset since;
        lock (_gate)
        {
            if (!force && clock.GetUtcNow() < _since + Window)
            {
                return;
            }

            (over, since) = (_callers, _since);
            (_callers, _since, _lines) = ([], clock.GetUtcNow(), 0);
        }

        var left = over.Where(c => c.Value.LeftOut > 0).OrderByDescending(c => c.Value.LeftOut).ToList();
        var summaries = left.Take(MaxSummaries)
            .Select(c => (Summary(c.Value.Last, c.Value.LeftOut, since), new Actor { UserId = c.Key.UserId, Address = c.Key.Address }))
            .ToList();
        if (left.Count > MaxSummaries)
        {
            summaries.Add((Summary(left[0].Value.Last, left.Skip(MaxSummaries).Sum(c => c.Value.LeftOut), since), new Actor()));
        }

        await WriteAsync(summaries);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Window / 4, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(force: false);
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(force: true);
        }
    }

    private static AuditRecord Summary(AuditRecord last, long count, DateTimeOffset since) => new()
    {
        Action = last.Action,
        Type = last.Type,
        OwnerId = "",
        Refused = string.Create(CultureInfo.InvariantCulture, $"{count} more since {since.UtcDateTime:HH:mm:ss} UTC. {last.Refused}"),
    };

    private bool MayWrite(AuditRecord record, Actor actor)
    {
        lock (_gate)
        {
            var who = new Who(actor.UserId, actor.UserId is null ? actor.Address : null, record.Action == AuditActions.Login);
            if (_callers.Count >= MaxCallers && !_callers.ContainsKey(who))
            {
                who = new Who(null, null, who.IsLogin);
            }

            if (!_callers.TryGetValue(who, out var counted))
            {
                _callers[who] = counted = new Counted(record);
            }

            if (counted.Written < LinesPerCaller && _lines < Lines)
            {
                counted.Written++;
                _lines++;
                return true;
            }

            counted.LeftOut++;
            counted.Last = record;
            return false;
        }
    }

    private async Task WriteAsync(List<(AuditRecord Record, Actor Actor)> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        try
        {
            using var timeout = new CancellationTokenSource(Patience);
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            foreach (var (record, actor) in lines)
            {
                await db.WriteAuditAsync([record], actor, timeout.Token);
            }
        }
        catch (Exception exception)
        {
            LogNotWritten(exception, lines.Count);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} lines about failures could not be written to the audit log")]
    private partial void LogNotWritten(Exception exception, int count);

    private sealed record Who(int? UserId, IPAddress? Address, bool IsLogin);

    private sealed class Counted(AuditRecord first)
    {
        public int Written { get; set; }

        public long LeftOut { get; set; }

        public AuditRecord Last { get; set; } = first;
    }
}
