using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>
/// Asks Sigfox now and then for what it could not deliver, by device type, and puts that into the log. One instance at a time; one
/// login's failure is no other's, and each goes on where it stopped.
/// </summary>
internal sealed partial class RecoverUndelivered(
    NpgsqlDataSource database,
    IServiceScopeFactory scopes,
    UndeliveredMessages undelivered,
    SigfoxLogins logins,
    IOptions<SigfoxWorkOptions> options,
    TimeProvider clock,
    ILogger<RecoverUndelivered> logger) : BackgroundService
{
    /// <summary>Any number that no other job uses.</summary>
    private const long LockId = 0x0521_51F0;

    /// <summary>Logins that are asked at the same time: a slow one holds up few.</summary>
    private const int LoginsAtOnce = 8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.UndeliveredInterval, clock);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        // The session holds the lease.
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await ScalarAsync(connection, "SELECT pg_try_advisory_lock($1)", ct) is not true)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var types = await scope.ServiceProvider.GetRequiredService<AppDbContext>().SigfoxDeviceTypes.AsNoTracking()
                .OrderBy(t => t.UndeliveredReadAt).Select(t => new { t.Id, t.SigfoxGroupId }).ToListAsync(ct);
            var atOnce = new ParallelOptions { MaxDegreeOfParallelism = LoginsAtOnce, CancellationToken = ct };
            await Parallel.ForEachAsync(types.GroupBy(t => t.SigfoxGroupId), atOnce, async (ofLogin, token) =>
            {
                foreach (var type in ofLogin)
                {
                    await RecoverAsync(type.Id, token);
                }
            });
        }
        finally
        {
            await ScalarAsync(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None);
        }
    }

    private async Task RecoverAsync(int typeId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        if (await db.SigfoxDeviceTypes.Include(t => t.SigfoxGroup).SingleOrDefaultAsync(t => t.Id == typeId, ct) is not { } type)
        {
            return;
        }

        var now = clock.GetUtcNow();
        try
        {
            var recovered = await undelivered.RecoverAsync(db, type, logins.Of(type.SigfoxGroup!), ct);
            (type.UndeliveredReadUntil, type.UndeliveredError) = (now, null);
            if (recovered > 0)
            {
                (type.Recovered, type.LastRecoveredAt) = (type.Recovered + recovered, now);
                LogRecovered(recovered, type.SigfoxId);
            }
        }
        catch (SigfoxException exception)
        {
            type.UndeliveredError = exception.Message;
        }

        type.UndeliveredReadAt = now;
        await db.SaveChangesAsync(ct);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = LockId } } };
        return await command.ExecuteScalarAsync(ct);
    }

    [LoggerMessage(LogLevel.Information, "{Count} messages that Sigfox could not deliver were recovered, of device type {Type}")]
    private partial void LogRecovered(int count, string type);

    [LoggerMessage(LogLevel.Error, "Sigfox could not be asked for what it did not deliver; trying again later")]
    private partial void LogFailed(Exception exception);
}
