using System.Text;
using Npgsql;

namespace OS2iot.Workers.LiveView;

/// <summary>
/// Tells the Api, after the commit, which devices have something new to show: a message, a decoder's result, a delivery. Notices
/// of a moment are sent together, as lists of device ids. A lost notice costs a viewer nothing but the moment.
/// </summary>
internal sealed partial class DeviceMessageNotices(NpgsqlDataSource database, ILogger<DeviceMessageNotices> logger) : BackgroundService
{
    /// <summary>The Api listens here: device ids separated by commas.</summary>
    public const string Channel = "device_message";

    /// <summary>PostgreSQL refuses a notice of 8,000 bytes or more.</summary>
    private const int MaxPayload = 7_900;

    private const int MaxWaiting = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private HashSet<int> _waiting = [];

    public void Add(IEnumerable<int> deviceIds)
    {
        lock (_lock)
        {
            if (_waiting.Count < MaxWaiting)
            {
                _waiting.UnionWith(deviceIds);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var away = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var ids = Take();
            if (ids.Count == 0)
            {
                continue;
            }

            try
            {
                await SendAsync(ids, stoppingToken);
                away = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!away)
                {
                    LogNotSent(exception);
                }

                away = true;
                Add(ids);
            }
        }
    }

    private HashSet<int> Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return _waiting;
            }

            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    private async Task SendAsync(HashSet<int> ids, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        var payload = new StringBuilder();
        foreach (var id in ids)
        {
            payload.Append(payload.Length == 0 ? "" : ",").Append(id);
            if (payload.Length > MaxPayload - 12)
            {
                batch.BatchCommands.Add(Notice(payload));
                payload.Clear();
            }
        }

        if (payload.Length > 0)
        {
            batch.BatchCommands.Add(Notice(payload));
        }

        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Notice(StringBuilder payload) => new("SELECT pg_notify($1, $2)")
    {
        Parameters = { new() { Value = Channel }, new() { Value = payload.ToString() } },
    };

    [LoggerMessage(LogLevel.Warning, "The live view can't be told of new messages; trying again")]
    private partial void LogNotSent(Exception exception);
}
