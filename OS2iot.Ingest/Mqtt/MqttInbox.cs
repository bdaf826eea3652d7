using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Packets;

namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// Hands messages over as they are read from the connection. The client library keeps them in a queue first, and throws that away when
/// it sees the connection's end; a broker that was killed may have had them nowhere else.
/// </summary>
internal sealed class MqttInbox : IMqttClientAdapterFactory
{
    private readonly MqttClientAdapterFactory _factory = new();
    private IMqttChannelAdapter? _channel;

    /// <summary>Takes a message; the next one is read when it has.</summary>
    public Func<MqttPublishPacket, CancellationToken, Task> Received { get; set; } = (_, _) => Task.CompletedTask;

    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) =>
        new Channel(this, _channel = _factory.CreateClientAdapter(options, packetInspector, logger));

    /// <summary>The answer that a message's quality of service asks for. None where it is 0.</summary>
    public Task AcknowledgeAsync(ushort packetId, int qos, CancellationToken ct) => qos switch
    {
        1 => _channel!.SendPacketAsync(new MqttPubAckPacket { PacketIdentifier = packetId }, ct),
        2 => _channel!.SendPacketAsync(new MqttPubRecPacket { PacketIdentifier = packetId }, ct),
        _ => Task.CompletedTask,
    };

    /// <summary>All that is not a message goes its usual way.</summary>
    private sealed class Channel(MqttInbox inbox, IMqttChannelAdapter inner) : IMqttChannelAdapter
    {
        public long BytesReceived => inner.BytesReceived;

        public long BytesSent => inner.BytesSent;

        public X509Certificate2 ClientCertificate => inner.ClientCertificate;

        public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

        public EndPoint LocalEndPoint => inner.LocalEndPoint;

        public bool IsSecureConnection => inner.IsSecureConnection;

        public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

        public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

        public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

        public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var packet = await inner.ReceivePacketAsync(cancellationToken);
                if (packet is not MqttPublishPacket message)
                {
                    return packet;
                }

                await inbox.Received(message, cancellationToken);
            }
        }

        public void ResetStatistics() => inner.ResetStatistics();

        public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) => inner.SendPacketAsync(packet, cancellationToken);

        public void Dispose() => inner.Dispose();
    }
}
