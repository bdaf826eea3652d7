using Npgsql;

namespace OS2iot.Core.Sigfox;

/// <summary>What waits for a Sigfox device. A device takes exactly 8 bytes, in the answer to a message in which it asks.</summary>
public sealed class SigfoxDownlinks(NpgsqlDataSource database, TimeProvider clock)
{
    public const int Length = 8;

    // A repeated callback gets what the first one got: nobody knows whether that answer arrived.
    private const string Take =
        """
        WITH again AS (
            SELECT payload FROM downlinks WHERE device_id = $1 AND network_item_id = $2 ORDER BY id LIMIT 1
        ), next AS (
            SELECT id FROM downlinks
            WHERE device_id = $1 AND state = 0 AND octet_length(payload) = 8 AND NOT EXISTS (SELECT FROM again)
            ORDER BY id LIMIT 1 FOR UPDATE
        ), sent AS (
            UPDATE downlinks d SET state = 2, sent_at = $3, updated_at = $3, network_item_id = $2, attempts = d.attempts + 1
            FROM next WHERE d.id = next.id RETURNING d.payload
        )
        SELECT payload FROM again UNION ALL SELECT payload FROM sent
        """;

    private const string FindImported = "SELECT downlink_payload FROM devices WHERE id = $1 AND downlink_payload IS NOT NULL";

    private const string TakeImported = "UPDATE devices SET downlink_payload = NULL WHERE id = $1 AND downlink_payload = $2";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>The oldest downlink that waits for the device, as 16 hex digits; from now on it counts as sent.</summary>
    /// <param name="deviceId">Ours.</param>
    /// <param name="callbackId">The same when the network asks again.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null when nothing waits.</returns>
    /// <exception cref="NpgsqlException">The database did not answer; what waits goes on waiting.</exception>
    public async Task<string?> TakeAsync(int deviceId, string callbackId, CancellationToken ct)
    {
        await using var take = Command(Take, deviceId);
        take.Parameters.Add(new NpgsqlParameter<string> { TypedValue = callbackId });
        take.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        return await take.ExecuteScalarAsync(ct) is byte[] payload
            ? Convert.ToHexStringLower(payload)
            : await TakeImportedAsync(deviceId, ct);
    }

    // Looked for before it is taken: every update of devices makes the workers read the routing again.
    private async Task<string?> TakeImportedAsync(int deviceId, CancellationToken ct)
    {
        await using var find = Command(FindImported, deviceId);
        if (await find.ExecuteScalarAsync(ct) is not string payload)
        {
            return null;
        }

        await using var take = Command(TakeImported, deviceId);
        take.Parameters.Add(new NpgsqlParameter<string> { TypedValue = payload });
        return await take.ExecuteNonQueryAsync(ct) == 1 ? payload : null;
    }

    private NpgsqlCommand Command(string sql, int deviceId)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = (int)Timeout.TotalSeconds;
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = deviceId });
        return command;
    }
}
