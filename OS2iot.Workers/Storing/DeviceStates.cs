using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Uplinks;

namespace OS2iot.Workers.Storing;

/// <summary>
/// Keeps what is known of each device: when it was last heard, its newest message, how well it was heard. Written for all devices that
/// were heard meanwhile once a second, as a device that talks much need not be written for each word. It all follows from the
/// history, so what a crash took is found there at the next start.
/// </summary>
internal sealed partial class DeviceStates(NpgsqlDataSource database, TimeProvider clock, ILogger<DeviceStates> logger) : BackgroundService
{
    private const string Insert =
        "INSERT INTO device_states (device_id, application_id, last_seen_at, last_message_id, rssi, snr)";

    // Of a device that is gone there is no state to keep. Rows are locked in one order, so that writers can't wait for each other.
    private const string Replace =
        """
        ORDER BY s.device_id
        ON CONFLICT (device_id) DO UPDATE
        SET application_id = excluded.application_id, last_seen_at = excluded.last_seen_at, last_message_id = excluded.last_message_id,
            rssi = coalesce(excluded.rssi, device_states.rssi), snr = coalesce(excluded.snr, device_states.snr)
        WHERE device_states.last_seen_at <= excluded.last_seen_at
        """;

    private const string Upsert =
        $"""
        {Insert}
        SELECT s.device_id, d.application_id, s.last_seen_at, s.last_message_id, s.rssi, s.snr
        FROM unnest($1, $2, $3, $4, $5) AS s (device_id, last_seen_at, last_message_id, rssi, snr) JOIN devices d ON d.id = s.device_id
        {Replace}
        """;

    private const string CatchUp =
        $"""
        {Insert}
        SELECT s.device_id, d.application_id, s.received_at, s.id, s.rssi, s.snr
        FROM (
            SELECT DISTINCT ON (m.device_id) m.device_id, m.received_at, m.id, m.rssi, m.snr FROM received_messages m
            WHERE m.received_at >= (SELECT coalesce(max(last_seen_at) - $1, '-infinity') FROM device_states)
            ORDER BY m.device_id, m.received_at DESC) AS s JOIN devices d ON d.id = s.device_id
        {Replace}
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How far the states of different devices may lag behind each other: the interval, many times over.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private Dictionary<int, State> _waiting = [];

    /// <summary>To be called when the messages are in the history.</summary>
    public void Note(IReadOnlyList<UplinkReceived> uplinks)
    {
        lock (_lock)
        {
            foreach (var uplink in uplinks)
            {
                Add(uplink.DeviceId, new State(uplink.ReceivedAt, uplink.MessageId, uplink.Rssi, uplink.Snr));
            }
        }

        Wake();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(WriteAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryAsync(CatchUpAsync, stoppingToken))
        {
            await Task.Delay(Interval, clock, stoppingToken);
        }

        while (true)
        {
            await _signal.WaitAsync(stoppingToken);
            await TryAsync(WriteAsync, stoppingToken);
            await Task.Delay(Interval, clock, stoppingToken);
        }
    }

    private void Add(int deviceId, State state)
    {
        if (!_waiting.TryGetValue(deviceId, out var known))
        {
            _waiting[deviceId] = state;
        }
        else if (known.LastSeenAt <= state.LastSeenAt)
        {
            // The log keeps a device's messages in order; an older one behind a newer is a repetition.
            _waiting[deviceId] = state with { Rssi = state.Rssi ?? known.Rssi, Snr = state.Snr ?? known.Snr };
        }
    }

    private void Wake()
    {
        if (_signal.CurrentCount > 0)
        {
            return;
        }

        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it.
        }
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> step, CancellationToken ct)
    {
        try
        {
            await step(ct);
            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotWritten(exception);
            return false;
        }
    }

    private async Task CatchUpAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(CatchUp);
        command.CommandTimeout = 0; // without any state, it reads all of the history
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Margin });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        Dictionary<int, State> states;
        lock (_lock)
        {
            (states, _waiting) = (_waiting, []);
        }

        if (states.Count == 0)
        {
            return;
        }

        try
        {
            List<KeyValuePair<int, State>> rows = [.. states];
            await using var command = database.CreateCommand(Upsert);
            command.Parameters.Add(Columns.Of(rows, r => r.Key));
            command.Parameters.Add(Columns.Of(rows, r => r.Value.LastSeenAt));
            command.Parameters.Add(Columns.Of(rows, r => r.Value.LastMessageId));
            command.Parameters.Add(Columns.Of(rows, r => r.Value.Rssi));
            command.Parameters.Add(Columns.Of(rows, r => r.Value.Snr));
            await command.ExecuteNonQueryAsync(ct);
        }
        catch
        {
            lock (_lock)
            {
                (var newer, _waiting) = (_waiting, states);
                foreach (var (deviceId, state) in newer)
                {
                    Add(deviceId, state);
                }
            }

            Wake();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is known of devices can't be written down yet; trying until it can")]
    private partial void LogNotWritten(Exception exception);

    private readonly record struct State(DateTimeOffset LastSeenAt, Guid LastMessageId, double? Rssi, double? Snr);
}
