using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.NetworkEvents;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>
/// Writes events and what follows from them, both or neither. An event that is there already, because log or broker delivered it
/// twice, changes nothing.
/// </summary>
internal sealed class NetworkEventStore(NpgsqlDataSource database)
{
    // Of a device or gateway that is not here, or not any more, nothing is kept. Brokers deliver twice within minutes, not days.
    private const string Insert =
        """
        INSERT INTO network_events (id, received_at, kind, device_id, gateway_id, sent_at, deduplication_id, payload)
        SELECT DISTINCT ON (e.kind, e.deduplication_id) e.id, e.received_at, e.kind, d.id, g.id, e.sent_at, e.deduplication_id, e.payload
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS e (id, received_at, kind, device_id, gateway_eui, sent_at, deduplication_id, payload)
        LEFT JOIN devices d ON d.id = e.device_id
        LEFT JOIN gateways g ON g.gateway_id = e.gateway_eui
        WHERE (d.id IS NOT NULL OR g.id IS NOT NULL) AND NOT EXISTS (
            SELECT 1 FROM network_events known
            WHERE known.deduplication_id = e.deduplication_id AND known.kind = e.kind
              AND known.received_at > e.received_at - interval '1 day' AND known.received_at <= e.received_at + interval '1 day')
        ORDER BY e.kind, e.deduplication_id, e.received_at
        ON CONFLICT DO NOTHING
        RETURNING id, device_id, gateway_id
        """;

    private const string Join =
        """
        INSERT INTO lorawan_states (device_id, joined_at, dev_addr) VALUES ($1, $2, $3)
        ON CONFLICT (device_id) DO UPDATE SET joined_at = excluded.joined_at, dev_addr = excluded.dev_addr
        WHERE lorawan_states.joined_at IS NULL OR lorawan_states.joined_at <= excluded.joined_at
        """;

    private const string Status =
        """
        INSERT INTO lorawan_states (device_id, status_at, battery_level, has_external_power, link_margin) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (device_id) DO UPDATE SET status_at = excluded.status_at, battery_level = excluded.battery_level,
            has_external_power = excluded.has_external_power, link_margin = excluded.link_margin
        WHERE lorawan_states.status_at IS NULL OR lorawan_states.status_at <= excluded.status_at
        """;

    // A history line is a change: what a broker kept and tells again is none.
    private const string GatewayState =
        """
        INSERT INTO gateway_status_history (gateway_id, at, was_online)
        SELECT $1, $2, $3
        WHERE (SELECT h.was_online FROM gateway_status_history h WHERE h.gateway_id = $1 AND h.at <= $2 ORDER BY h.at DESC LIMIT 1) IS DISTINCT FROM $3
        ON CONFLICT DO NOTHING
        """;

    private const string GatewaySeen =
        """
        UPDATE gateways SET last_seen_at = $2 WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < $2)
        """;

    private const string GatewayTraffic =
        """
        INSERT INTO gateway_traffic (gateway_id, day, rx_packets_received, tx_packets_emitted) VALUES ($1, $2, $3, $4)
        ON CONFLICT (gateway_id, day) DO UPDATE SET
            rx_packets_received = gateway_traffic.rx_packets_received + excluded.rx_packets_received,
            tx_packets_emitted = gateway_traffic.tx_packets_emitted + excluded.tx_packets_emitted
        """;

    private const string GatewayToday =
        """
        UPDATE gateways g SET rx_packets_received = t.rx_packets_received, tx_packets_emitted = t.tx_packets_emitted
        FROM gateway_traffic t WHERE g.id = $1 AND t.gateway_id = g.id AND t.day = $2
        """;

    /// <exception cref="NpgsqlException">The database did not take them; none was stored.</exception>
    public async Task StoreAsync(IReadOnlyList<NetworkEvent> events, CancellationToken ct)
    {
        if (events.Count == 0)
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var stored = await InsertAsync(connection, transaction, events, ct);

        // In one order, so that two writers can't wait for each other.
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var happened in events.Where(e => stored.ContainsKey(e.EventId))
            .OrderBy(e => e.GatewayId is not null).ThenBy(e => e.DeviceId).ThenBy(e => e.GatewayId, StringComparer.Ordinal).ThenBy(e => e.ReceivedAt))
        {
            Follow(batch, happened, stored[happened.EventId]);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static async Task<Dictionary<Guid, int>> InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<NetworkEvent> events, CancellationToken ct)
    {
        await using var insert = new NpgsqlCommand(Insert, connection, transaction)
        {
            Parameters =
            {
                Columns.Of(events, e => e.EventId),
                Columns.Of(events, e => e.ReceivedAt),
                Columns.Of(events, e => e.Kind.ToWire()),
                Columns.Of(events, e => e.DeviceId),
                Columns.Of(events, e => e.GatewayId),
                Columns.Of(events, e => e.SentAt),
                Columns.Of(events, e => e.DeduplicationId),
                Columns.OfBytes(events, e => e.Payload),
            },
        };
        var stored = new Dictionary<Guid, int>();
        await using var reader = await insert.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            stored[reader.GetGuid(0)] = reader.GetInt32(reader.IsDBNull(1) ? 2 : 1);
        }

        return stored;
    }

    private static void Follow(NpgsqlBatch batch, NetworkEvent happened, int owner)
    {
        if (EventDetails.Read(happened.Payload) is not { } details)
        {
            return;
        }

        var at = happened.SentAt ?? happened.ReceivedAt;
        switch (happened.Kind)
        {
            case NetworkEventKind.Join:
                batch.Add(Join, owner, at, details.DevAddr);
                break;
            case NetworkEventKind.Status:
                batch.Add(Status, owner, at, details.BatteryLevel, details.HasExternalPower, details.Margin);
                break;
            case NetworkEventKind.GatewayState:
                batch.Add(GatewayState, owner, happened.ReceivedAt, details.IsOnline);
                if (details.IsOnline && !happened.IsRetained)
                {
                    batch.Add(GatewaySeen, owner, happened.ReceivedAt);
                }

                break;
            case NetworkEventKind.GatewayStats:
                var day = DateOnly.FromDateTime(at.UtcDateTime);
                batch.Add(GatewaySeen, owner, happened.ReceivedAt);
                batch.Add(GatewayTraffic, owner, day, details.Received, details.Emitted);
                if (day == DateOnly.FromDateTime(happened.ReceivedAt.UtcDateTime))
                {
                    batch.Add(GatewayToday, owner, day);
                }

                break;
            default:
                DownlinkStates.Follow(batch, happened, details, owner, at);
                break;
        }
    }
}
