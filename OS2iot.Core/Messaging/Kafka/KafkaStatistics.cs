using System.Text.Json;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>Reads what librdkafka tells of itself: {"topics":{"uplinks":{"partitions":{"0":{"consumer_lag":12,…},"-1":{…}}}}}.</summary>
internal static class KafkaStatistics
{
    /// <summary>Records not yet read in the partitions of this client.</summary>
    public static long Lag(string json, string topic)
    {
        using var statistics = JsonDocument.Parse(json);
        if (!statistics.RootElement.TryGetProperty("topics", out var topics)
            || !topics.TryGetProperty(topic, out var ours)
            || !ours.TryGetProperty("partitions", out var partitions))
        {
            return 0;
        }

        // -1 where it does not know.
        return partitions.EnumerateObject()
            .Sum(p => p.Value.TryGetProperty("consumer_lag", out var lag) && lag.GetInt64() is > 0 and var records ? records : 0);
    }
}
