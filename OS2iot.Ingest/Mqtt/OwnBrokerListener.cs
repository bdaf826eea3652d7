using Microsoft.Extensions.Options;
using OS2iot.Ingest.Instances;

namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// Listens at our broker with a fixed number of sessions, which share the messages between them. Whichever instances are there own
/// them all, so that none is left behind with messages in it: the broker gives each session its part, also one that nobody opens.
/// </summary>
internal sealed class OwnBrokerListener(
    MqttSubscription subscription, MqttHandler handler, OwnBroker broker, InstanceRoster roster, IOptions<MqttListenerOptions> options)
    : BackgroundService
{
    private static readonly TimeSpan BeforeAsking = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<int, (Task Work, CancellationTokenSource End)> _running = [];
    private readonly SemaphoreSlim _signal = new(0);

    public override void Dispose()
    {
        base.Dispose();
        _signal.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        roster.Changed += Signal;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                for (var number = 0; number < options.Value.Sessions; number++)
                {
                    Settle(number, stoppingToken);
                }

                await _signal.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Values.Select(r => r.Work));
        }
        finally
        {
            roster.Changed -= Signal;
        }
    }

    private void Signal() => _signal.Release();

    private void Settle(int number, CancellationToken stoppingToken)
    {
        var isRunning = _running.TryGetValue(number, out var running) && !running.Work.IsCompleted;
        if (roster.OwnsTurn(number) && !isRunning)
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _running[number] = (RunAsync(number, end.Token), end);
        }
        else if (!roster.OwnsTurn(number) && isRunning)
        {
            running.End.Cancel();
        }
    }

    /// <summary>
    /// Mosquitto does not write shared subscriptions to disk: after a restart it would drop what devices send until we are back. A single
    /// session has nobody to share with, so it subscribes plainly, and the broker remembers.
    /// </summary>
    private MqttSubscription Session(int number)
    {
        string[] plain = [.. subscription.Filters.Select(Plain)];
        var isAlone = options.Value.Sessions == 1;
        return subscription with
        {
            ClientId = $"{subscription.ClientId}-{number}",
            Filters = isAlone ? plain : subscription.Filters,
            FormerFilters = [.. (isAlone ? subscription.Filters : plain).Except(isAlone ? plain : subscription.Filters)],
        };
    }

    private static string Plain(string filter) =>
        filter.StartsWith("$share/", StringComparison.Ordinal) && filter.Split('/', 3) is [_, _, var topic] ? topic : filter;

    private async Task RunAsync(int number, CancellationToken ct)
    {
        await Task.Yield();
        var listener = broker.Listen(
            Session(number),
            handler,
            failure => failure.Kind == MqttFailureKind.TakenOver && !roster.IsCurrent);
        await listener.RunAsync(ct);
        while (!ct.IsCancellationRequested && !roster.IsCurrent)
        {
            // Another instance has taken over, as nobody had heard of this one.
            await Task.Delay(BeforeAsking, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The list may have changed back while the session was being left.
        _ = Task.Delay(BeforeAsking, CancellationToken.None).ContinueWith(_ => Signal(), TaskScheduler.Default);
    }
}
