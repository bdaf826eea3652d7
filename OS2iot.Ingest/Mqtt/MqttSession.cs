using System.Buffers;
using MQTTnet;
using MQTTnet.Packets;

namespace OS2iot.Ingest.Mqtt;

/// <summary>One connection that a broker accepted, from its first message to its end. Its acknowledgements never go out on another.</summary>
internal sealed class MqttSession
{
    private readonly IMqttClient _client;
    private readonly MqttInbox _inbox;
    private readonly MqttIntake _intake;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MqttFailure> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, MqttDelivery> _open = [];
    private readonly Queue<MqttDelivery> _acknowledged = new();
    private volatile bool _hasEnded;

    public MqttSession(IMqttClient client, MqttInbox inbox, MqttIntake intake, TimeProvider clock)
    {
        (_client, _inbox, _intake, _clock) = (client, inbox, intake, clock);
        inbox.Received = ReceiveAsync;
        client.DisconnectedAsync += args =>
        {
            End(MqttFailure.Of(args.Reason, args.Exception));
            return Task.CompletedTask;
        };
    }

    public IMqttClient Client => _client;

    /// <summary>How often the broker wants to hear of us, where it is more often than usual. The client library doesn't heed it.</summary>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>Nothing can be acknowledged any more.</summary>
    public bool HasEnded => _hasEnded;

    public Task<MqttFailure> Closed => _closed.Task;

    /// <summary>Messages that came before are handled now: what they repeat has been sorted out.</summary>
    public void Open() => _opened.TrySetResult();

    public void End(MqttFailure failure)
    {
        _hasEnded = true;
        _closed.TrySetResult(failure);
        _opened.TrySetResult();
    }

    /// <summary>Ends it from our side; the broker keeps what is not acknowledged.</summary>
    public void Abort(MqttFailure failure)
    {
        End(failure);
        _client.Dispose();
    }

    public void Add(MqttDelivery delivery)
    {
        lock (_gate)
        {
            _open[delivery.PacketId] = delivery;
        }
    }

    public async Task AcknowledgeAsync(MqttDelivery delivery, int remembered)
    {
        if (delivery.Qos == 0 || _hasEnded)
        {
            return;
        }

        // Before it is sent: from now on a broker may use the number for another message.
        lock (_gate)
        {
            if (_open.TryGetValue(delivery.PacketId, out var open) && open == delivery)
            {
                _open.Remove(delivery.PacketId);
            }

            _acknowledged.Enqueue(delivery);
            while (_acknowledged.Count > remembered)
            {
                _acknowledged.Dequeue();
            }
        }

        try
        {
            await delivery.AcknowledgeAsync(CancellationToken.None);
        }
        catch (Exception)
        {
            // The connection broke. The message comes again.
        }
    }

    /// <summary>What the broker may send again, by packet number.</summary>
    public Dictionary<ushort, MqttDelivery> MayComeAgain()
    {
        lock (_gate)
        {
            var all = new Dictionary<ushort, MqttDelivery>();
            foreach (var delivery in _acknowledged.Concat(_open.Values))
            {
                all[delivery.PacketId] = delivery;
            }

            return all;
        }
    }

    private async Task ReceiveAsync(MqttPublishPacket message, CancellationToken ct)
    {
        await _opened.Task;
        if (_hasEnded)
        {
            return;
        }

        var (packetId, qos) = (message.PacketIdentifier, (int)message.QualityOfServiceLevel);
        await _intake.ReceiveAsync(new MqttDelivery(
            this,
            new MqttMessage(message.Topic, message.Payload.ToArray(), qos, message.Retain, _clock.GetUtcNow()),
            packetId,
            message.Dup,
            sending => _inbox.AcknowledgeAsync(packetId, qos, sending)), ct);
    }
}
