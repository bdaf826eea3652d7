using System.Text.Json;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>
/// What librdkafka tells of one client now and then; the names are those of its STATISTICS.md:
/// <code>{"msg_cnt":3,"msg_size":700,"brokers":{"host:9092/1":{"rtt":{"p99":1500},"txerrs":0,…}},"topics":{"uplinks":{"partitions":{"0":{"consumer_lag":12}}}},…}</code>
/// </summary>
/// <param name="Lag">Records not yet read in the partitions of this client.</param>
/// <param name="Queued">Records that wait within the client, to be sent.</param>
/// <param name="QueuedBytes">Of these.</param>
/// <param name="RoundTrip">99th percentile of the slowest broker, in the last window.</param>
/// <param name="Errors">Failed transmissions and bad answers, since the start.</param>
/// <param name="Timeouts">Requests without an answer in time, since the start.</param>
/// <param name="Rebalances">Of the client's group, since the start.</param>
internal sealed record KafkaStatistics(long Lag, long Queued, long QueuedBytes, TimeSpan RoundTrip, long Errors, long Timeouts, long Rebalances)
{
    public static KafkaStatistics Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        List<JsonElement> brokers = [.. Members(root, "brokers")];
        return new KafkaStatistics(
            // -1 where it does not know.
            Members(root, "topics").SelectMany(t => Members(t, "partitions")).Sum(p => Math.Max(0, Number(p, "consumer_lag"))),
            Number(root, "msg_cnt"),
            Number(root, "msg_size"),
            TimeSpan.FromMicroseconds(brokers.Select(b => b.TryGetProperty("rtt", out var times) ? Number(times, "p99") : 0).DefaultIfEmpty().Max()),
            brokers.Sum(b => Number(b, "txerrs") + Number(b, "rxerrs")),
            brokers.Sum(b => Number(b, "req_timeouts")),
            root.TryGetProperty("cgrp", out var group) ? Number(group, "rebalance_cnt") : 0);
    }

    private static IEnumerable<JsonElement> Members(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var members) ? members.EnumerateObject().Select(m => m.Value) : [];

    private static long Number(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;
}
