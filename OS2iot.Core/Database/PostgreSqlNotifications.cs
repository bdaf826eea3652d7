using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OS2iot.Core.Database;

/// <summary>
/// Hears what the database announces by <c>NOTIFY</c>, on one connection for the whole process. A notice is a hint that may be
/// missed while the connection is away; each subscriber is told when that may have happened.
/// </summary>
public sealed partial class PostgreSqlNotifications(NpgsqlDataSource database, TimeProvider clock, ILogger<PostgreSqlNotifications> logger)
    : BackgroundService
{
    /// <summary>A quiet connection is asked for a sign of life this often; a dead one is found within twice the time.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Subscription>> _subscriptions = new(StringComparer.Ordinal);
    private CancellationTokenSource _changed = new();

    /// <summary>Whether notices arrive now. While this is false, what was learned from notices may be old.</summary>
    public bool IsListening { get; private set; }

    /// <summary>
    /// Calls back for each notice on a channel until the result is disposed. Callbacks run on the listening loop, one at a time:
    /// they must be quick, and leave work to others.
    /// </summary>
    /// <param name="channel">The channel's name, in lower case.</param>
    /// <param name="onNotice">Gets the notice's payload.</param>
    /// <param name="onReconnected">Listening began, for the first time or again: anything may have changed unnoticed before.</param>
    public IDisposable Subscribe(string channel, Action<string> onNotice, Action onReconnected)
    {
        var subscription = new Subscription(this, channel, onNotice, onReconnected);
        lock (_gate)
        {
            if (!_subscriptions.TryGetValue(channel, out var others))
            {
                _subscriptions[channel] = others = [];
            }

            others.Add(subscription);
            _changed.Cancel();
        }

        return subscription;
    }

    public override void Dispose()
    {
        base.Dispose();
        _changed.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                try
                {
                    await ListenAsync(connection, () => failures = Reached(failures), stoppingToken);
                }
                finally
                {
                    await UnlistenAsync(connection);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (failures++ == 0)
                {
                    LogLost(exception);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                Forget();
            }

            await Task.Delay(BackOff(failures), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, Action onReached, CancellationToken stoppingToken)
    {
        connection.Notification += (_, notice) => Announce(notice.Channel, notice.Payload);
        while (true)
        {
            // Taken before the channels are read: a subscription that comes in between ends the wait below.
            using var round = CancellationTokenSource.CreateLinkedTokenSource(Renew().Token, stoppingToken);
            await ListenToNewAsync(connection, stoppingToken);
            IsListening = true;
            onReached();

            try
            {
                while (true)
                {
                    if (!await connection.WaitAsync(Silence, round.Token))
                    {
                        await ExecuteAsync(connection, "SELECT 1", stoppingToken);
                    }
                }
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                // Somebody subscribed.
            }
        }
    }

    private async Task ListenToNewAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        List<Subscription> fresh;
        lock (_gate)
        {
            fresh = [.. _subscriptions.Values.SelectMany(s => s).Where(s => !s.IsHeard)];
        }

        if (fresh.Count == 0)
        {
            return;
        }

        var channels = fresh.Select(s => s.Channel).Distinct(StringComparer.Ordinal);
        await ExecuteAsync(connection, string.Join(';', channels.Select(c => $"LISTEN \"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")), ct);
        foreach (var subscription in fresh)
        {
            subscription.IsHeard = true;
            Call(subscription, subscription.OnReconnected);
        }
    }

    // The connection's next user must not get our notices. One that is broken has no next user.
    private static async Task UnlistenAsync(NpgsqlConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, "UNLISTEN *", CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Silence.TotalSeconds };
        await command.ExecuteNonQueryAsync(ct);
    }

    private CancellationTokenSource Renew()
    {
        lock (_gate)
        {
            if (!_changed.TryReset())
            {
                _changed.Dispose();
                _changed = new CancellationTokenSource();
            }

            return _changed;
        }
    }

    private void Announce(string channel, string payload)
    {
        Subscription[] listeners;
        lock (_gate)
        {
            listeners = _subscriptions.TryGetValue(channel, out var found) ? [.. found] : [];
        }

        foreach (var listener in listeners)
        {
            Call(listener, () => listener.OnNotice(payload));
        }
    }

    private void Call(Subscription subscription, Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception exception)
        {
            LogCallbackFailed(exception, subscription.Channel);
        }
    }

    private int Reached(int failures)
    {
        if (failures > 0)
        {
            LogBack();
        }

        return 0;
    }

    private void Forget()
    {
        IsListening = false;
        lock (_gate)
        {
            foreach (var subscription in _subscriptions.Values.SelectMany(s => s))
            {
                subscription.IsHeard = false;
            }
        }
    }

    private static TimeSpan BackOff(int failures)
    {
        var wait = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(failures, 10)));
        return (wait < LongestBackOff ? wait : LongestBackOff) * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    [LoggerMessage(LogLevel.Warning, "Notices from the database don't arrive; trying again")]
    private partial void LogLost(Exception exception);

    [LoggerMessage(LogLevel.Information, "Notices from the database arrive again")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Error, "A notice on {Channel} was not handled")]
    private partial void LogCallbackFailed(Exception exception, string channel);

    private sealed class Subscription(PostgreSqlNotifications owner, string channel, Action<string> onNotice, Action onReconnected) : IDisposable
    {
        public string Channel => channel;

        public Action<string> OnNotice => onNotice;

        public Action OnReconnected => onReconnected;

        /// <summary>The connection listens to the channel for this subscription.</summary>
        public bool IsHeard { get; set; }

        public void Dispose()
        {
            lock (owner._gate)
            {
                // The channel stays listened to: notices without subscribers cost nothing, and most subscribers come back.
                owner._subscriptions[channel].Remove(this);
            }
        }
    }
}
