using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OS2iot.Core.Messaging;

/// <summary>What the log does, in numbers: the meter "OS2iot.Messaging".</summary>
internal sealed class LogMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _appended;
    private readonly Counter<long> _failed;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _appendDuration;
    private readonly Counter<long> _consumed;
    private readonly Histogram<double> _handlerDuration;
    private readonly ConcurrentDictionary<(string Topic, string Group), long> _lags = new();

    public LogMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("OS2iot.Messaging");
        _appended = _meter.CreateCounter<long>("os2iot.log.appended", "{record}", "Records that are durable");
        _failed = _meter.CreateCounter<long>("os2iot.log.not_appended", "{record}", "Records that the log did not confirm");
        _batchSize = _meter.CreateHistogram<int>("os2iot.log.batch_size", "{record}", "Records of one round trip");
        _appendDuration = _meter.CreateHistogram<double>("os2iot.log.append.duration", "s", "One round trip that appends");
        _consumed = _meter.CreateCounter<long>("os2iot.log.consumed", "{record}", "Records whose handler returned");
        _handlerDuration = _meter.CreateHistogram<double>("os2iot.log.handler.duration", "s", "One batch in its handler");
        _meter.CreateObservableGauge("os2iot.log.lag", Lags, "{record}", "Records not yet read, in the partitions that this process reads");
    }

    public void Appended(string topic, int records, TimeSpan duration)
    {
        _appended.Add(records, Topic(topic));
        _batchSize.Record(records, Topic(topic));
        _appendDuration.Record(duration.TotalSeconds, Topic(topic));
    }

    public void NotAppended(string topic, int records) => _failed.Add(records, Topic(topic));

    public void Consumed(string topic, string group, int records, TimeSpan duration)
    {
        _consumed.Add(records, Topic(topic), Group(group));
        _handlerDuration.Record(duration.TotalSeconds, Topic(topic), Group(group));
    }

    public void Lag(string topic, string group, long records) => _lags[(topic, group)] = records;

    public void NoLag(string topic, string group) => _lags.TryRemove((topic, group), out _);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Lags() =>
        _lags.Select(lag => new Measurement<long>(lag.Value, new TagList { Topic(lag.Key.Topic), Group(lag.Key.Group) }));

    private static KeyValuePair<string, object?> Topic(string topic) => new("topic", topic);

    private static KeyValuePair<string, object?> Group(string group) => new("group", group);
}
