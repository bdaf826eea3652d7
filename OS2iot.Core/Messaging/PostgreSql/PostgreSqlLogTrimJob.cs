using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>
/// Makes room for the next days and drops old ones that every group has read. Records that a group has not read stay, however old.
/// Each host has this job; one of them at a time does it.
/// </summary>
internal sealed partial class PostgreSqlLogTrimJob(
    NpgsqlDataSource database, IOptions<LogOptions> options, TimeProvider clock, ILogger<PostgreSqlLogTrimJob> logger) : BackgroundService
{
    private const int TimeoutSeconds = 30;

    /// <summary>Says who does it: a lock of the database, held by the connection.</summary>
    private const long JobLock = 0x4F53_3249_4C4F_4701;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <returns>How many segments were dropped; null if another instance is at it.</returns>
    public async Task<int?> TrimAsync(TimeSpan retention, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        if (!await ScalarAsync<bool>(connection, "SELECT pg_try_advisory_lock($1)", ct, JobLock))
        {
            return null;
        }

        try
        {
            var dropped = 0;
            foreach (var topic in await TopicsAsync(connection, ct))
            {
                await MakeRoomAsync(connection, topic, ct);
                dropped += await DropAsync(connection, topic, retention, ct);
            }

            return dropped;
        }
        finally
        {
            await ScalarAsync<bool>(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None, JobLock);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Interval;
            try
            {
                await TrimAsync(options.Value.Retention, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotTrimmed(exception);
                wait = AfterFailure;
            }
            catch (Exception exception)
            {
                LogInterrupted(exception);
            }

            await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<List<string>> TopicsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var topics = new List<string>();
        await using var command = new NpgsqlCommand("SELECT topic FROM log_topics ORDER BY topic", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            topics.Add(reader.GetString(0));
        }

        return topics;
    }

    private static async Task MakeRoomAsync(NpgsqlConnection connection, string topic, CancellationToken ct)
    {
        const string Today = "(now() AT TIME ZONE 'UTC')::date";
        await ScalarAsync<bool>(connection, $"SELECT log_create_segment($1, {Today})", ct, topic);
        await ScalarAsync<bool>(connection, $"SELECT log_create_segment($1, {Today} + 1)", ct, topic);
        await ScalarAsync<bool>(connection, $"SELECT log_advance($1, {Today})", ct, topic);
    }

    private async Task<int> DropAsync(NpgsqlConnection connection, string topic, TimeSpan retention, CancellationToken ct)
    {
        var days = new List<DateOnly>();
        await using (var command = Command(connection, "SELECT log_old_segments($1)", topic))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                days.Add(reader.GetFieldValue<DateOnly>(0));
            }
        }

        var dropped = 0;
        foreach (var day in days)
        {
            try
            {
                switch (await ScalarAsync<string?>(connection, "SELECT log_drop_segment($1, $2, $3)", ct, topic, day, retention))
                {
                    case null:
                        dropped++;
                        LogDropped(topic, day);
                        break;
                    case "":
                        return dropped;
                    case var group:
                        LogUnread(topic, day, group);
                        break;
                }
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                LogBusy(exception, topic, day);
            }
        }

        return dropped;
    }

    private static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync(ct) is T value ? value : default;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = TimeoutSeconds };
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter is string text
                ? new NpgsqlParameter { Value = text, NpgsqlDbType = NpgsqlDbType.Text }
                : new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    [LoggerMessage(LogLevel.Information, "The records of {Day} in {Topic} were read by all and are gone")]
    private partial void LogDropped(string topic, DateOnly day);

    [LoggerMessage(LogLevel.Warning,
        "The records of {Day} in {Topic} are old but {Group} has not read all of them, so they stay. If {Group} reads no more, delete its rows from log_cursors")]
    private partial void LogUnread(string topic, DateOnly day, string group);

    [LoggerMessage(LogLevel.Debug, "{Topic} was too busy to drop the records of {Day}; the next round tries again")]
    private partial void LogBusy(Exception exception, string topic, DateOnly day);

    [LoggerMessage(LogLevel.Warning, "The log was not trimmed; trying again in a minute")]
    private partial void LogNotTrimmed(Exception exception);

    [LoggerMessage(LogLevel.Debug, "Trimming ended with the host")]
    private partial void LogInterrupted(Exception exception);
}
