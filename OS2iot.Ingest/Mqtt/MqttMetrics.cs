using System.Diagnostics.Metrics;

namespace OS2iot.Ingest.Mqtt;

/// <summary>What the listeners do, in numbers: the meter "OS2iot.Mqtt".</summary>
internal sealed class MqttMetrics : IDisposable
{
    /// <summary>Reasons of <see cref="Dropped"/>.</summary>
    public const string TooLarge = "too_large", NoRoom = "no_room", UnknownDevice = "unknown_device", UnknownTopic = "unknown_topic", Failed = "failed";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _connected;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _received;
    private readonly Counter<long> _taken;
    private readonly Counter<long> _redelivered;
    private readonly Counter<long> _dropped;

    public MqttMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("OS2iot.Mqtt");
        _connections = _meter.CreateUpDownCounter<long>("os2iot.mqtt.connections", "{connection}", "Connections that a broker accepted");
        _connected = _meter.CreateCounter<long>("os2iot.mqtt.connected", "{connection}", "Connections made, first ones and later ones");
        _failures = _meter.CreateCounter<long>("os2iot.mqtt.connection_failures", "{failure}", "Tries that ended without a connection, and connections lost");
        _received = _meter.CreateCounter<long>("os2iot.mqtt.received", "{message}", "Messages that brokers sent us");
        _taken = _meter.CreateCounter<long>("os2iot.mqtt.taken", "{message}", "Messages handled before they were acknowledged");
        _redelivered = _meter.CreateCounter<long>("os2iot.mqtt.redelivered", "{message}", "Messages that came again and were known");
        _dropped = _meter.CreateCounter<long>("os2iot.mqtt.dropped", "{message}", "Messages that nobody gets");
    }

    public void Connected(string listener)
    {
        _connections.Add(1, Listener(listener));
        _connected.Add(1, Listener(listener));
    }

    public void Disconnected(string listener) => _connections.Add(-1, Listener(listener));

    public void Failure(string listener, MqttFailureKind kind) =>
        _failures.Add(1, Listener(listener), new KeyValuePair<string, object?>("kind", kind.ToString()));

    public void Received(string listener) => _received.Add(1, Listener(listener));

    public void Taken(string listener, int messages) => _taken.Add(messages, Listener(listener));

    public void Redelivered(string listener) => _redelivered.Add(1, Listener(listener));

    public void Dropped(string listener, string reason, int messages = 1) =>
        _dropped.Add(messages, Listener(listener), new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Listener(string name) => new("listener", name);
}
