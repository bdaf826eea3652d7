using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.Deliveries;

/// <summary>
/// Puts deliveries into the table from which Workers take what is due. There is one row for a message and a connection, so asking
/// twice sends once. Writes on the context's connection, in its transaction.
/// </summary>
internal sealed class DeliveryQueue(AppDbContext db)
{
    /// <summary>Of one call.</summary>
    public const int MaxMessages = 10_000;

    private const int MaxNotified = 500;

    /// <summary>Types of targets whose data is fetched.</summary>
    private static readonly string[] NotSentTo = [.. DataTargetTypes.All.Where(t => t.IsPublished).Select(t => t.Name)];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A dead letter begins its schedule anew, and what waits need not wait any longer; what is being tried is left alone.</summary>
    private const string Revive =
        """
        UPDATE deliveries SET
            state = 0, next_attempt_at = least(next_attempt_at, now()),
            attempts = CASE WHEN state = 1 THEN 0 ELSE attempts END, created_at = CASE WHEN state = 1 THEN now() ELSE created_at END,
            lease_owner = NULL, lease_until = NULL
        """;

    // Only to targets of the application that the device belongs to now: that is what the caller may change.
    private const string ReviveOfDevice =
        $"""
        WITH revived AS (
            SELECT v.id, v.state FROM deliveries v
            JOIN devices d ON d.id = v.device_id JOIN data_targets t ON t.id = v.data_target_id AND t.application_id = d.application_id
            WHERE v.device_id = $1 AND v.message_id = ANY($2) AND v.received_at BETWEEN $3 AND $4
              AND (cardinality($5::int[]) = 0 OR v.connection_id = ANY($5)) AND (cardinality($6::int[]) = 0 OR v.data_target_id = ANY($6))
              AND (v.lease_until IS NULL OR v.lease_until < now()) AND t.type <> ALL($7)
            FOR UPDATE OF v SKIP LOCKED
        ), changed AS ({Revive} WHERE id IN (SELECT id FROM revived))
        SELECT count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 0) FROM revived
        """;

    // A result that a decoder refused to give can't be sent; where there is no decoder the message itself is the result.
    private const string InsertOfDevice =
        """
        WITH wanted AS (
            SELECT m.id AS message_id, m.received_at, d.id AS device_id, d.application_id, a.organization_id, c.payload_decoder_id,
                c.id AS connection_id, c.data_target_id, CASE WHEN c.payload_decoder_id IS NULL THEN m.payload ELSE r.payload END AS payload
            FROM received_messages m
            JOIN devices d ON d.id = m.device_id JOIN applications a ON a.id = d.application_id
            JOIN data_target_connection_devices cd ON cd.device_id = d.id JOIN data_target_connections c ON c.id = cd.connection_id
            JOIN data_targets t ON t.id = c.data_target_id AND t.application_id = d.application_id
            LEFT JOIN decoded_messages r ON r.received_at = m.received_at AND r.message_id = m.id
                AND r.payload_decoder_id = c.payload_decoder_id AND r.error IS NULL
            WHERE m.device_id = $1 AND m.id = ANY($2) AND m.received_at BETWEEN $3 AND $4
              AND (cardinality($5::int[]) = 0 OR c.id = ANY($5)) AND (cardinality($6::int[]) = 0 OR c.data_target_id = ANY($6))
              AND t.type <> ALL($7)
        ), inserted AS (
            INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, payload_decoder_id, connection_id,
                data_target_id, payload, state, attempts, next_attempt_at, created_at)
            SELECT message_id, received_at, device_id, application_id, organization_id, payload_decoder_id, connection_id, data_target_id,
                payload, 0, 0, now(), now()
            FROM wanted WHERE payload IS NOT NULL
            ON CONFLICT (message_id, connection_id) DO NOTHING
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM inserted), (SELECT count(*) FROM wanted WHERE payload IS NULL)
        """;

    private const string ReviveOfTarget =
        $"""
        WITH revived AS (
            SELECT id, device_id FROM deliveries
            WHERE data_target_id = $1 AND state = 1 AND received_at >= $2 AND received_at < $3
              AND (cardinality($4::int[]) = 0 OR device_id = ANY($4))
            ORDER BY received_at LIMIT $5 FOR UPDATE SKIP LOCKED
        ), changed AS ({Revive} WHERE id IN (SELECT id FROM revived))
        SELECT device_id, count(*) FROM revived GROUP BY device_id
        """;

    /// <summary>Sends messages of one device again.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="messages">Which ones, oldest first.</param>
    /// <param name="which">To whom.</param>
    /// <param name="onlyFailed">Leaves alone what was delivered.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Queued> ResendAsync(
        int deviceId, IReadOnlyList<StoredMessage> messages, ResendRequest which, bool onlyFailed, CancellationToken ct)
    {
        if (messages.Count == 0)
        {
            return new Queued(0, 0, 0);
        }

        var (dead, waiting) = await CountAsync(ReviveOfDevice, deviceId, messages, which, ct);
        var (added, withoutResult) = onlyFailed ? (0, 0) : await CountAsync(InsertOfDevice, deviceId, messages, which, ct);
        await NotifyAsync([deviceId], ct);
        return new Queued(dead + added, waiting, withoutResult);
    }

    /// <summary>Sends dead letters of one target again, oldest first, up to <see cref="MaxMessages"/>.</summary>
    /// <returns>How many.</returns>
    public async Task<long> ReviveAsync(int dataTargetId, DateTimeOffset from, DateTimeOffset to, int[] deviceIds, CancellationToken ct)
    {
        var devices = new Dictionary<int, long>();
        await using (var command = Command(ReviveOfTarget))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = dataTargetId });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = from });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = to });
            command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = deviceIds });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxMessages });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                devices[reader.GetInt32(0)] = reader.GetInt64(1);
            }
        }

        await NotifyAsync([.. devices.Keys.Take(MaxNotified)], ct);
        return devices.Values.Sum();
    }

    private async Task<(long First, long Second)> CountAsync(
        string sql, int deviceId, IReadOnlyList<StoredMessage> messages, ResendRequest which, CancellationToken ct)
    {
        await using var command = Command(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = deviceId });
        command.Parameters.Add(Columns.Of(messages, m => m.Id));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = messages[0].ReceivedAt });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = messages[^1].ReceivedAt });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = which.ConnectionIds ?? [] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = which.DataTargetIds ?? [] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = NotSentTo });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Those who watch the devices see that something waits.</summary>
    private async Task NotifyAsync(int[] deviceIds, CancellationToken ct)
    {
        await using var command = Command("SELECT pg_notify($1, array_to_string($2, ','))");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Messages.LiveMessages.Channel });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = deviceIds });
        await command.ExecuteNonQueryAsync(ct);
    }

    private NpgsqlCommand Command(string sql) => new(
        sql, (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction())
    {
        CommandTimeout = (int)Patience.TotalSeconds,
    };
}

/// <summary>A message of the history.</summary>
internal sealed record StoredMessage(Guid Id, DateTimeOffset ReceivedAt);

/// <param name="Deliveries">Dead letters and delivered ones that are sent again.</param>
/// <param name="Waiting">Those that waited already; they need not wait any longer.</param>
/// <param name="WithoutResult">Those that can't be sent because the decoder made nothing of the message.</param>
internal sealed record Queued(long Deliveries, long Waiting, long WithoutResult);
