using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using OS2iot.Core.Database;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>
/// Wakes readers: those of this process directly, others by <c>NOTIFY</c>. That happens beside the appends, because a notice inside
/// a transaction makes all commits of the database queue behind each other. A lost notice costs a reader its poll interval.
/// </summary>
internal sealed partial class PostgreSqlLogNotices : IAsyncDisposable
{
    /// <summary>What comes within this time after a notice shares the next.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly NpgsqlDataSource _database;
    private readonly PostgreSqlNotifications _notifications;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _self = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<PostgreSqlLogReader, string> _readers = new();
    private readonly ConcurrentDictionary<string, bool> _announce = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public PostgreSqlLogNotices(NpgsqlDataSource database, PostgreSqlNotifications notifications, TimeProvider clock, ILogger logger)
    {
        (_database, _notifications, _clock, _logger) = (database, notifications, clock, logger);
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(RunAsync);
        }
    }

    /// <summary>Records were committed to a topic.</summary>
    public void Announce(string channel)
    {
        Wake(channel);
        if (_announce.TryAdd(channel, true))
        {
            _signal.Release();
        }
    }

    /// <summary>Wakes a reader until the result is disposed.</summary>
    public IDisposable Subscribe(string channel, PostgreSqlLogReader reader)
    {
        _readers[reader] = channel;
        var subscription = _notifications.Subscribe(channel, payload => OnNotice(reader, payload), () => OnReconnected(reader));
        return new Reading(this, reader, subscription);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
        _signal.Dispose();
    }

    private static void OnReconnected(PostgreSqlLogReader reader)
    {
        reader.Notice();
        reader.NoticeMembers();
    }

    private void OnNotice(PostgreSqlLogReader reader, string payload)
    {
        if (payload == "members")
        {
            reader.NoticeMembers();
        }
        else if (payload != _self)
        {
            reader.Notice();
        }
    }

    private void Wake(string channel)
    {
        foreach (var reader in _readers)
        {
            if (reader.Value == channel)
            {
                reader.Key.Notice();
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync(_stopping.Token);
                foreach (var channel in _announce.Keys)
                {
                    _announce.TryRemove(channel, out _);
                    await SendAsync(channel, _stopping.Token);
                }

                await Task.Delay(Pause, _clock, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SendAsync(string channel, CancellationToken ct)
    {
        try
        {
            await using var connection = await _database.OpenConnectionAsync(ct);
            await using var command = new NpgsqlCommand(
                "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)", connection)
            { CommandTimeout = 2 };
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = channel });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _self });
            await command.PrepareAsync(ct);
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotAnnounced(exception, channel);
        }
    }

    [LoggerMessage(LogLevel.Debug, "New records on {Channel} were not announced; readers find them when they poll")]
    private partial void LogNotAnnounced(Exception exception, string channel);

    private sealed class Reading(PostgreSqlLogNotices owner, PostgreSqlLogReader reader, IDisposable subscription) : IDisposable
    {
        public void Dispose()
        {
            subscription.Dispose();
            owner._readers.TryRemove(reader, out _);
        }
    }
}
