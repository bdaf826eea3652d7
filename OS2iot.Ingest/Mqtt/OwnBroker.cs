namespace OS2iot.Ingest.Mqtt;

/// <summary>Our broker, as the operator's connection string names it.</summary>
internal sealed class OwnBroker(MqttEndpoint endpoint, MqttMetrics metrics, TimeProvider clock, ILoggerFactory logs)
{
    /// <summary>The name of the connection string, such as <c>mqtt://name:password@host:1883</c>.</summary>
    public const string ConnectionName = "mosquitto";

    private const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>It is in our own house: when it is back, devices wait for us.</summary>
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(3);

    private readonly MqttBudget _budget = new(MaxBytes);

    /// <summary>A session there, for the caller to run.</summary>
    public MqttListener Listen(MqttSubscription subscription, MqttHandler handler, Func<MqttFailure, bool> givesUp) =>
        new(subscription with { NumbersAreSequential = true }, endpoint, MqttDialer.ToOurs, handler, _budget, metrics, clock, logs.CreateLogger<MqttListener>())
        {
            GivesUp = givesUp,
            LongestBackOff = LongestBackOff,
        };
}
