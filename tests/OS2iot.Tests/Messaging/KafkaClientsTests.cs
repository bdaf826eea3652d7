using Confluent.Kafka;
using OS2iot.Core.Messaging;
using OS2iot.Core.Messaging.Kafka;

namespace OS2iot.Tests.Messaging;

public sealed class KafkaClientsTests
{
    [Fact]
    public void Settings_OfTheInstallation_WinOverOurs()
    {
        var clients = Clients(("linger.ms", "7"), ("compression.type", "zstd"), ("queued.min.messages", "5"), ("security.protocol", "ssl"));

        var (producer, consumer) = (clients.Producer(), clients.Consumer("group"));

        Assert.Equal((7, CompressionType.Zstd, SecurityProtocol.Ssl), (producer.LingerMs, producer.CompressionType, producer.SecurityProtocol));
        Assert.Equal((5, SecurityProtocol.Ssl), (consumer.QueuedMinMessages, consumer.SecurityProtocol));
        Assert.Equal(SecurityProtocol.Ssl, clients.Admin().SecurityProtocol);
    }

    [Fact]
    public void Settings_ThatWouldLoseMessages_DoNotCount()
    {
        var clients = Clients(("acks", "1"), ("enable.idempotence", "false"), ("enable.auto.offset.store", "true"), ("auto.offset.reset", "latest"));

        var (producer, consumer) = (clients.Producer(), clients.Consumer("group"));

        Assert.Equal((Acks.All, true), (producer.Acks, producer.EnableIdempotence));
        Assert.Equal((false, AutoOffsetReset.Earliest), (consumer.EnableAutoOffsetStore, consumer.AutoOffsetReset));
    }

    private static KafkaClients Clients(params (string Name, string Value)[] settings)
    {
        var options = new LogOptions();
        foreach (var (name, value) in settings)
        {
            options.Kafka[name] = value;
        }

        return new KafkaClients(new KafkaBrokers("127.0.0.1:1"), options);
    }
}
