using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>What Kafka's clients tell of themselves, in numbers: the meter "OS2iot.Messaging.Kafka", by client.</summary>
internal sealed class KafkaMetrics : IDisposable
{
    private readonly Meter _meter = new("OS2iot.Messaging.Kafka");
    private readonly ConcurrentDictionary<string, KafkaStatistics> _clients = new();

    public KafkaMetrics()
    {
        _meter.CreateObservableGauge("os2iot.kafka.queue", () => Each(s => s.Queued), "{record}", "Records that wait within the client to be sent");
        _meter.CreateObservableGauge("os2iot.kafka.queue.size", () => Each(s => s.QueuedBytes), "By", "Of the records that wait to be sent");
        _meter.CreateObservableGauge("os2iot.kafka.round_trip", () => Each(s => s.RoundTrip.TotalSeconds), "s", "99th percentile of the slowest broker");
        _meter.CreateObservableCounter("os2iot.kafka.errors", () => Each(s => s.Errors), "{error}", "Failed transmissions and bad answers");
        _meter.CreateObservableCounter("os2iot.kafka.timeouts", () => Each(s => s.Timeouts), "{request}", "Requests without an answer in time");
        _meter.CreateObservableCounter("os2iot.kafka.rebalances", () => Each(s => s.Rebalances), "{rebalance}", "Changes in who reads which partition");
    }

    public void Set(string client, KafkaStatistics statistics) => _clients[client] = statistics;

    public void Remove(string client) => _clients.TryRemove(client, out _);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<T>> Each<T>(Func<KafkaStatistics, T> value)
        where T : struct =>
        _clients.Select(client => new Measurement<T>(value(client.Value), new KeyValuePair<string, object?>("client", client.Key)));
}
