using System.Text.Json;
using Npgsql;
using OS2iot.Core.Messaging;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>Keeps what Sigfox tells beside messages: battery, signal, places, what became of downlinks, trouble.</summary>
internal sealed partial class StoreSigfoxEvents(IMessageLog log, SigfoxEventStore store, ILogger<StoreSigfoxEvents> logger)
    : LogConsumer(log, LogTopic.NetworkEvents, Group)
{
    public const string Group = "sigfox";

    protected override async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        var events = batch.Where(SigfoxEvent.IsIn).ToList().Read(SigfoxEvent.From, LogUnreadable);
        if (events.Count > 0)
        {
            await store.StoreAsync(events, LogUnreadable, ct);
        }
    }

    [LoggerMessage(LogLevel.Error, "A record of the log is no event of Sigfox and was passed over")]
    private partial void LogUnreadable(Exception exception);
}

/// <summary>Writes events and what follows from them. The same event again changes nothing, and an older one nothing that is newer.</summary>
internal sealed class SigfoxEventStore(NpgsqlDataSource database)
{
    /// <summary>How often a downlink is sent that the device did not get.</summary>
    private const int MostAttempts = 3;

    private const int TextMaxLength = 500;

    // Of a device that is gone there is nothing to keep.
    private const string Status =
        """
        INSERT INTO sigfox_states AS s (device_id, status_at, battery, temperature)
        SELECT d.id, $2, $3, $4 FROM devices d WHERE d.id = $1
        ON CONFLICT (device_id) DO UPDATE SET status_at = excluded.status_at,
            battery = coalesce(excluded.battery, s.battery), temperature = coalesce(excluded.temperature, s.temperature)
        WHERE s.status_at IS NULL OR s.status_at <= excluded.status_at
        """;

    private const string Error =
        """
        INSERT INTO sigfox_states AS s (device_id, error_at, error_severity, error)
        SELECT d.id, $2, $3, $4 FROM devices d WHERE d.id = $1
        ON CONFLICT (device_id) DO UPDATE SET error_at = excluded.error_at, error_severity = excluded.error_severity, error = excluded.error
        WHERE s.error_at IS NULL OR s.error_at <= excluded.error_at
        """;

    private const string Reception =
        """
        INSERT INTO sigfox_receptions (message_id, device_id, received_at, rssi, snr, link_quality, latitude, longitude, radius, stations)
        SELECT $2, d.id, $3, $4, $5, $6, $7, $8, $9, $10::jsonb FROM devices d WHERE d.id = $1
        ON CONFLICT DO NOTHING
        """;

    private const string Signal =
        """
        INSERT INTO sigfox_states AS s (device_id, signal_at, link_quality, stations, operator_name)
        SELECT d.id, $2, $3, $4, $5 FROM devices d WHERE d.id = $1
        ON CONFLICT (device_id) DO UPDATE SET signal_at = excluded.signal_at, link_quality = coalesce(excluded.link_quality, s.link_quality),
            stations = coalesce(excluded.stations, s.stations), operator_name = coalesce(excluded.operator_name, s.operator_name)
        WHERE s.signal_at IS NULL OR s.signal_at <= excluded.signal_at
        """;

    private const string Place =
        """
        UPDATE sigfox_states SET located_at = $2, latitude = $3, longitude = $4, radius = $5
        WHERE device_id = $1 AND (located_at IS NULL OR located_at <= $2)
        """;

    private const string DeviceSignal =
        """
        UPDATE device_states d SET rssi = coalesce($3, d.rssi), snr = coalesce($4, d.snr) FROM sigfox_states s
        WHERE d.device_id = $1 AND s.device_id = $1 AND s.signal_at = $2
        """;

    // The newest that was sent: Sigfox names no other. One that a later one replaced is not sent again.
    private const string Downlink =
        """
        UPDATE downlinks d SET
            state = CASE WHEN $3 THEN 3 WHEN $4 AND d.attempts < $6 AND NOT EXISTS (
                SELECT 1 FROM downlinks n WHERE n.device_id = d.device_id AND n.id > d.id) THEN 0 ELSE 4 END,
            acknowledged_at = CASE WHEN $3 THEN $2 END, error = $5, updated_at = $7
        WHERE d.id = (SELECT id FROM downlinks WHERE device_id = $1 AND sent_at IS NOT NULL ORDER BY sent_at DESC, id DESC LIMIT 1)
          AND d.state = 2 AND d.sent_at <= $7
        """;

    /// <param name="events">In their order.</param>
    /// <param name="report">Hears of those that say nothing.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="NpgsqlException">The database did not take them; none was stored.</exception>
    public async Task StoreAsync(IReadOnlyList<SigfoxEvent> events, Action<Exception> report, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        var signals = new SortedDictionary<int, (SigfoxEvent Told, SigfoxMetadata Metadata)>();
        foreach (var told in events)
        {
            try
            {
                using var payload = JsonDocument.Parse(told.Payload);
                Add(batch, signals, told, payload.RootElement);
            }
            catch (JsonException exception)
            {
                report(exception);
            }
        }

        // In the order in which whoever else writes these rows locks them.
        foreach (var (deviceId, (told, metadata)) in signals)
        {
            Add(batch, DeviceSignal, deviceId, told.SentAt, Number(metadata.Rssi), Number(metadata.Snr));
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private static void Add(
        NpgsqlBatch batch, SortedDictionary<int, (SigfoxEvent Told, SigfoxMetadata Metadata)> signals, SigfoxEvent told, JsonElement json)
    {
        switch (told.Kind)
        {
            case SigfoxCallbackKind.Status:
                Add(batch, Status, told.DeviceId, told.SentAt, Number(SigfoxNotice.NumberIn(json, "battery")), Number(SigfoxNotice.NumberIn(json, "temperature")));
                break;
            case SigfoxCallbackKind.Error:
                Add(batch, Error, told.DeviceId, told.SentAt, Text(SigfoxNotice.TextIn(json, "severity")), Text(SigfoxNotice.TextIn(json, "info")));
                break;
            case SigfoxCallbackKind.Acknowledge:
                var answer = SigfoxAcknowledgement.Of(json);
                if (!answer.IsPending)
                {
                    Add(
                        batch, Downlink, told.DeviceId, told.SentAt, answer.IsAcknowledged, answer.IsWorthAnotherTry, Text(answer.Error), MostAttempts,
                        told.ReceivedAt);
                }

                break;
            default:
                var metadata = SigfoxMetadata.Of(json);
                AddReception(batch, told, metadata);
                if (!signals.TryGetValue(told.DeviceId, out var known) || known.Told.SentAt <= told.SentAt)
                {
                    signals[told.DeviceId] = (told, metadata);
                }

                break;
        }
    }

    private static void AddReception(NpgsqlBatch batch, SigfoxEvent told, SigfoxMetadata metadata)
    {
        var message = Core.Uplinks.UplinkMessageId.Of(told.DeviceId, told.DeduplicationId);
        Add(
            batch, Reception, told.DeviceId, message, told.ReceivedAt, Number(metadata.Rssi), Number(metadata.Snr), Text(metadata.LinkQuality),
            Number(metadata.Latitude), Number(metadata.Longitude), Number(metadata.Radius), Json(metadata.Stations));
        Add(
            batch, Signal, told.DeviceId, told.SentAt, Text(metadata.LinkQuality),
            new NpgsqlParameter<int?> { TypedValue = metadata.StationCount }, Text(metadata.OperatorName));
        if (metadata.Latitude is not null)
        {
            Add(batch, Place, told.DeviceId, told.SentAt, Number(metadata.Latitude), Number(metadata.Longitude), Number(metadata.Radius));
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter<double?> Number(double? value) => new() { TypedValue = value };

    // PostgreSQL keeps no zero character, and no half of a pair.
    private static NpgsqlParameter<string?> Text(string? value)
    {
        var text = value?.Replace("\0", "", StringComparison.Ordinal);
        return new NpgsqlParameter<string?>
        {
            TypedValue = text is { Length: > TextMaxLength } ? text[..(char.IsHighSurrogate(text[TextMaxLength - 1]) ? TextMaxLength - 1 : TextMaxLength)] : text,
        };
    }

    private static NpgsqlParameter<string?> Json(string? value) => new() { TypedValue = value };
}
