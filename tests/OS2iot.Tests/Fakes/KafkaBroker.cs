using Confluent.Kafka;
using OS2iot.Core.Messaging;

namespace OS2iot.Tests.Fakes;

/// <summary>A broker that was given to the tests, and is theirs.</summary>
internal static class KafkaBroker
{
    /// <summary>Deletes our topics and the groups that tests read them by.</summary>
    public static async Task ForgetAsync(string servers)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        var existing = admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.ConvertAll(t => t.Topic);
        var ours = LogTopic.All.Select(t => t.Name).Intersect(existing).ToList();
        if (ours.Count > 0)
        {
            await admin.DeleteTopicsAsync(ours);
        }

        var groups = await admin.ListConsumerGroupsAsync();
        foreach (var group in groups.Valid.Where(g => g.State is ConsumerGroupState.Empty or ConsumerGroupState.Dead))
        {
            await admin.DeleteGroupsAsync([group.GroupId]);
        }

        // It deletes in the background.
        while (admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Exists(t => ours.Contains(t.Topic)))
        {
            await Task.Delay(200);
        }
    }
}
