using Npgsql;
using OS2iot.Core.Secrets;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// Until when Sigfox wants no calls of a login, for all processes to see. Without our database each process knows its own pauses only.
/// Logins are noted as keyed hashes.
/// </summary>
internal sealed class SigfoxPauses(NpgsqlDataSource database, LookupHash lookupHash, TimeProvider clock)
{
    private const string Note =
        """
        INSERT INTO sigfox_pauses (login, until) VALUES ($1, $2)
        ON CONFLICT (login) DO UPDATE SET until = greatest(sigfox_pauses.until, excluded.until)
        """;

    private const string Forget = "DELETE FROM sigfox_pauses WHERE until < $1";

    private const string Find = "SELECT until FROM sigfox_pauses WHERE login = $1";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public async Task NoteAsync(string key, DateTimeOffset until, CancellationToken ct)
    {
        try
        {
            await using var batch = database.CreateBatch();
            batch.Timeout = (int)Timeout.TotalSeconds;
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Forget) { Parameters = { Time(clock.GetUtcNow()) } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Note) { Parameters = { Login(key), Time(until) } });
            await batch.ExecuteNonQueryAsync(ct);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            // Others find out by themselves.
        }
    }

    /// <returns>Null where there is none.</returns>
    public async Task<DateTimeOffset?> FindAsync(string key, CancellationToken ct)
    {
        try
        {
            await using var command = database.CreateCommand(Find);
            command.CommandTimeout = (int)Timeout.TotalSeconds;
            command.Parameters.Add(Login(key));
            return await command.ExecuteScalarAsync(ct) is DateTime until ? new DateTimeOffset(until, TimeSpan.Zero) : null;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    private NpgsqlParameter<byte[]> Login(string key) => new() { TypedValue = lookupHash.Of("sigfox " + key) };

    private static NpgsqlParameter<DateTimeOffset> Time(DateTimeOffset time) => new() { TypedValue = time };
}
