using Microsoft.Extensions.Options;

namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// Listens at our broker with a fixed number of sessions, which share the messages between them: whichever hosts are there own them
/// all, so that none is left behind with messages in it.
/// </summary>
internal sealed class OwnBrokerListener(
    MqttSubscription subscription, MqttHandler handler, OwnBroker broker, IOptions<MqttListenerOptions> options) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Enumerable.Range(0, options.Value.Sessions).Select(number => RunAsync(number, stoppingToken)));

    private async Task RunAsync(int number, CancellationToken ct) =>
        await broker.Listen(subscription with { ClientId = $"{subscription.ClientId}-{number}" }, handler).RunAsync(ct);
}
