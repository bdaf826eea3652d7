using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Workers.Database;

namespace OS2iot.Workers.Delivery;

/// <summary>
/// The deliveries that a target has not taken yet, in PostgreSQL, and the record of all tries. Rows that somebody works on carry
/// that process's lease; a process that went silent loses them.
/// </summary>
internal sealed class DeliveryTable
{
    private const int MaxShared = 1000;

    private const string Insert =
        """
        INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, payload_decoder_id, connection_id,
            data_target_id, payload, trace_parent, state, attempts, next_attempt_at, lease_owner, lease_until, last_error, created_at)
        SELECT r.message_id, r.received_at, r.device_id, r.application_id, r.organization_id, r.payload_decoder_id, r.connection_id,
            r.data_target_id, r.payload, r.trace_parent, 0, r.attempts, r.next_attempt_at,
            CASE WHEN r.leased THEN $14::uuid END, CASE WHEN r.leased THEN now() + $15::interval END, r.last_error, now()
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $16) AS r (message_id, received_at, device_id, application_id,
            organization_id, payload_decoder_id, connection_id, data_target_id, payload, trace_parent, attempts, next_attempt_at, leased,
            last_error)
        JOIN data_targets t ON t.id = r.data_target_id
        ON CONFLICT (message_id, connection_id) DO NOTHING
        """;

    private const string InsertTries =
        """
        INSERT INTO delivery_attempts (message_id, received_at, device_id, connection_id, data_target_id, payload_decoder_id, attempt,
            attempted_at, duration_ms, outcome, status_code, error)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT DO NOTHING
        """;

    private const string DeleteDelivered =
        """
        DELETE FROM deliveries d USING unnest($1, $2) AS k (message_id, connection_id)
        WHERE d.message_id = k.message_id AND d.connection_id = k.connection_id AND d.lease_owner = $3
        """;

    private const string PutOff =
        """
        UPDATE deliveries d SET next_attempt_at = k.next_attempt_at, state = k.state, last_error = k.last_error, attempts = k.attempts,
            payload = coalesce(k.rest, d.payload), lease_owner = NULL, lease_until = NULL
        FROM unnest($1, $2, $4, $5, $6, $7, $8) AS k (message_id, connection_id, next_attempt_at, state, last_error, attempts, rest)
        WHERE d.message_id = k.message_id AND d.connection_id = k.connection_id AND d.lease_owner = $3
        """;

    // Walks from target to target by the index, so that one target's hundred thousand rows don't stand before another's one.
    private const string ClaimDue =
        """
        WITH RECURSIVE targets AS (
            (SELECT data_target_id FROM deliveries WHERE state = 0 ORDER BY data_target_id LIMIT 1)
            UNION ALL
            SELECT (SELECT d.data_target_id FROM deliveries d WHERE d.state = 0 AND d.data_target_id > t.data_target_id
                    ORDER BY d.data_target_id LIMIT 1)
            FROM targets t WHERE t.data_target_id IS NOT NULL
        ),
        room AS (
            SELECT t.data_target_id, coalesce(n.room, dt.max_concurrency, $3) AS room
            FROM targets t JOIN data_targets dt ON dt.id = t.data_target_id AND NOT dt.paused AND dt.disabled_at IS NULL
            LEFT JOIN unnest($4, $5) AS n (data_target_id, room) ON n.data_target_id = t.data_target_id
            WHERE t.data_target_id IS NOT NULL
        ),
        due AS (
            SELECT d.id FROM room r CROSS JOIN LATERAL (
                SELECT id FROM deliveries
                WHERE data_target_id = r.data_target_id AND state = 0 AND next_attempt_at <= now()
                  AND (lease_until IS NULL OR lease_until < now())
                ORDER BY next_attempt_at LIMIT r.room FOR UPDATE SKIP LOCKED) d
            WHERE r.room > 0
            LIMIT $6
        )
        UPDATE deliveries d SET lease_owner = $1, lease_until = now() + $2
        FROM due WHERE d.id = due.id
        RETURNING d.message_id, d.received_at, d.device_id, d.application_id, d.organization_id, d.payload_decoder_id, d.connection_id,
            d.data_target_id, d.payload, d.trace_parent, d.attempts
        """;

    private const string BuryOld =
        """
        UPDATE deliveries SET state = 1, last_error = coalesce(last_error, 'The target was never up to be tried.')
        WHERE id IN (SELECT id FROM deliveries WHERE state = 0 AND created_at < now() - $1 AND (lease_until IS NULL OR lease_until < now())
                     LIMIT 10000 FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>Names this process in leases.</summary>
    private readonly Guid _owner = Guid.CreateVersion7();

    private readonly NpgsqlDataSource _database;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _clock;
    private readonly SharedWrites<FirstTryEnd> _firstTries;

    public DeliveryTable(NpgsqlDataSource database, IOptions<DeliveryOptions> options, TimeProvider clock)
    {
        (_database, _options, _clock) = (database, options.Value, clock);
        _firstTries = new SharedWrites<FirstTryEnd>(MaxShared, InsertAsync, clock);
    }

    /// <summary>
    /// Records tries that ended and puts what was not delivered in the table, all or nothing. The log's partitions, which come side by
    /// side, share round trips.
    /// </summary>
    /// <exception cref="NpgsqlException">The database did not take it; nothing was saved.</exception>
    public Task SaveFirstTriesAsync(IReadOnlyList<DeliveryTry> tries, IReadOnlyList<PutOffDelivery> putOff, CancellationToken ct) =>
        _firstTries.WriteAsync([.. tries.Select(t => new FirstTryEnd(t, null)), .. putOff.Select(p => new FirstTryEnd(null, p))], ct);

    /// <summary>Records tries of deliveries that are in the table under our lease: delivered ones leave it, others wait or are dead.</summary>
    /// <exception cref="NpgsqlException">The database did not take it; nothing was saved.</exception>
    public async Task SaveTriesAsync(IReadOnlyList<DeliveryTry> tries, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        List<DeliveryTry> delivered = [.. tries.Where(t => t.Delivered)];
        List<(DeliveryTry Try, DateTimeOffset? Next)> failed =
            [.. tries.Where(t => !t.Delivered).Select(t => (t, DeliverySchedule.NextAttempt(t.Number, t.Result, now, _options.Waits)))];

        await using var batch = _database.CreateBatch();
        AddTries(batch, tries);
        if (delivered.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DeleteDelivered)
            {
                Parameters =
                {
                    Columns.Of(delivered, t => t.Delivery.Message.MessageId),
                    Columns.Of(delivered, t => t.Delivery.ConnectionId),
                    new NpgsqlParameter<Guid> { TypedValue = _owner },
                },
            });
        }

        if (failed.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(PutOff)
            {
                Parameters =
                {
                    Columns.Of(failed, f => f.Try.Delivery.Message.MessageId),
                    Columns.Of(failed, f => f.Try.Delivery.ConnectionId),
                    new NpgsqlParameter<Guid> { TypedValue = _owner },
                    Columns.Of(failed, f => f.Next ?? now),
                    Columns.Of(failed, f => (int)(f.Next is null ? DeliveryState.Dead : DeliveryState.Pending)),
                    Columns.Of(failed, f => f.Try.Result.Error),
                    Columns.Of(failed, f => f.Try.Number),
                    Columns.OfBytes(failed, f => f.Try.Result.Rest),
                },
            });
        }

        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Takes due deliveries under our lease: for each target no more than it has room for.</summary>
    /// <param name="roomOtherwise">Room of the targets that <paramref name="narrowed"/> doesn't name.</param>
    /// <param name="narrowed">Targets and the room they have.</param>
    /// <param name="limit">Rows at the most.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    public async Task<List<ClaimedDelivery>> ClaimDueAsync(
        int roomOtherwise, IReadOnlyList<KeyValuePair<int, int>> narrowed, int limit, CancellationToken ct)
    {
        await using var command = _database.CreateCommand(ClaimDue);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _owner });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = _options.Lease });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = roomOtherwise });
        command.Parameters.Add(Columns.Of(narrowed, n => n.Key));
        command.Parameters.Add(Columns.Of(narrowed, n => n.Value));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });

        var claimed = new List<ClaimedDelivery>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            claimed.Add(new ClaimedDelivery(
                new DeliveryMessage
                {
                    MessageId = reader.GetGuid(0),
                    ReceivedAt = reader.GetFieldValue<DateTimeOffset>(1),
                    DeviceId = reader.GetInt32(2),
                    ApplicationId = reader.GetInt32(3),
                    OrganizationId = reader.GetInt32(4),
                    DataTargetId = reader.GetInt32(7),
                    Payload = reader.GetFieldValue<byte[]>(8),
                },
                reader.IsDBNull(5) ? null : reader.GetInt32(5),
                reader.GetInt32(6),
                reader.IsDBNull(9) ? null : reader.GetString(9),
                reader.GetInt32(10)));
        }

        return claimed;
    }

    /// <summary>Makes dead letters of deliveries that waited too long.</summary>
    /// <returns>How many.</returns>
    public async Task<int> BuryOldAsync(CancellationToken ct)
    {
        await using var command = _database.CreateCommand(BuryOld);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = _options.GiveUpAfter });
        return await command.ExecuteNonQueryAsync(ct);
    }

    private async Task InsertAsync(IReadOnlyList<FirstTryEnd> ends, CancellationToken ct)
    {
        await using var batch = _database.CreateBatch();
        AddTries(batch, [.. ends.Select(e => e.Try).OfType<DeliveryTry>()]);
        if (ends.Select(e => e.PutOff).OfType<PutOffDelivery>().ToList() is { Count: > 0 } putOff)
        {
            batch.BatchCommands.Add(InsertCommand(putOff));
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private NpgsqlBatchCommand InsertCommand(IReadOnlyList<PutOffDelivery> rows) => new(Insert)
    {
        Parameters =
        {
            Columns.Of(rows, r => r.Delivery.Message.MessageId),
            Columns.Of(rows, r => r.Delivery.Message.ReceivedAt),
            Columns.Of(rows, r => r.Delivery.Message.DeviceId),
            Columns.Of(rows, r => r.Delivery.Message.ApplicationId),
            Columns.Of(rows, r => r.Delivery.Message.OrganizationId),
            Columns.Of(rows, r => r.Delivery.PayloadDecoderId),
            Columns.Of(rows, r => r.Delivery.ConnectionId),
            Columns.Of(rows, r => r.Delivery.Target.Id),
            Columns.OfBytes(rows, r => r.Delivery.Message.Payload),
            Columns.Of(rows, r => r.Delivery.TraceParent),
            Columns.Of(rows, r => r.Attempts),
            Columns.Of(rows, r => r.NextAttemptAt),
            Columns.Of(rows, r => r.UnderWay),
            new NpgsqlParameter<Guid> { TypedValue = _owner },
            new NpgsqlParameter<TimeSpan> { TypedValue = _options.Lease },
            Columns.Of(rows, r => r.Error),
        },
    };

    private static void AddTries(NpgsqlBatch batch, IReadOnlyList<DeliveryTry> tries)
    {
        if (tries.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertTries)
        {
            Parameters =
            {
                Columns.Of(tries, t => t.Delivery.Message.MessageId),
                Columns.Of(tries, t => t.Delivery.Message.ReceivedAt),
                Columns.Of(tries, t => t.Delivery.Message.DeviceId),
                Columns.Of(tries, t => t.Delivery.ConnectionId),
                Columns.Of(tries, t => t.Delivery.Target.Id),
                Columns.Of(tries, t => t.Delivery.PayloadDecoderId),
                Columns.Of(tries, t => t.Number),
                Columns.Of(tries, t => t.AttemptedAt),
                Columns.Of(tries, t => (int)t.Duration.TotalMilliseconds),
                Columns.Of(tries, t => (int)t.Result.Outcome),
                Columns.Of(tries, t => t.Result.StatusCode),
                Columns.Of(tries, t => t.Result.Error),
            },
        });
    }
}

/// <summary>What is to be saved after the first try of a delivery: the try, its place in the table, or both in two of these.</summary>
internal readonly record struct FirstTryEnd(DeliveryTry? Try, PutOffDelivery? PutOff);

/// <summary>A delivery for the table: failed, never tried, or still being tried.</summary>
internal sealed record PutOffDelivery(OutgoingDelivery Delivery, int Attempts, DateTimeOffset NextAttemptAt, bool UnderWay, string? Error);

/// <summary>A delivery from the table, under our lease.</summary>
internal sealed record ClaimedDelivery(DeliveryMessage Message, int? PayloadDecoderId, int ConnectionId, string? TraceParent, int Attempts);
