namespace OS2iot.Ingest.Mqtt;

/// <summary>Our broker, as the operator's connection string names it.</summary>
internal sealed class OwnBroker(MqttEndpoint endpoint, MqttMetrics metrics, TimeProvider clock, ILoggerFactory logs)
{
    /// <summary>The name of the connection string, such as <c>mqtts://name:password@host:8883</c>.</summary>
    public const string ConnectionName = "mqtt";

    private const long MaxBytes = 256L * 1024 * 1024;

    private readonly MqttBudget _budget = new(MaxBytes);

    /// <summary>A session there, for the caller to run.</summary>
    public MqttListener Listen(MqttSubscription subscription, MqttHandler handler) => new(
        subscription with { NumbersAreSequential = true }, endpoint, MqttDialer.ToOurs, handler, _budget, metrics, clock, logs.CreateLogger<MqttListener>());
}
