using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OS2iot.Ingest.Mqtt;

/// <summary>One message on its way from a connection through the handler, and what it takes to acknowledge it.</summary>
internal sealed class MqttDelivery(MqttSession session, MqttMessage message, ushort packetId, bool isDuplicate, Func<CancellationToken, Task> acknowledge)
{
    private readonly UInt128 _content = message.Qos > 0 ? Fingerprint(message.Payload.Span) : default;
    private volatile bool _isTaken;
    private volatile bool _isSuperseded;
    private MqttMessage? _message = message;

    public MqttSession Session => session;

    public ushort PacketId => packetId;

    /// <summary>The broker sent it before.</summary>
    public bool IsDuplicate => isDuplicate;

    public int Qos { get; } = message.Qos;

    public string Topic { get; } = message.Topic;

    public int Length { get; } = message.Payload.Length;

    /// <summary>Null once it is done with.</summary>
    public MqttMessage? Message => _message;

    /// <summary>The log has it.</summary>
    public bool IsTaken => _isTaken;

    /// <summary>The same message on a connection that ended before it was acknowledged.</summary>
    public MqttDelivery? Earlier { get; set; }

    public bool IsSameAs(MqttDelivery other) => _content == other._content && Length == other.Length && Topic == other.Topic;

    /// <summary>The broker sent it again meanwhile; whoever comes first handles the newer one.</summary>
    public bool IsSuperseded
    {
        get => _isSuperseded;
        set => _isSuperseded = value;
    }

    /// <summary>Done with, one way or the other.</summary>
    public bool IsSettled { get; set; }

    public void Take()
    {
        _isTaken = true;
        LetGo();
    }

    /// <summary>What is known of it stays, its payload goes.</summary>
    public void LetGo()
    {
        _message = null;
        Earlier = null;
    }

    public Task AcknowledgeAsync(CancellationToken ct) => acknowledge(ct);

    private static UInt128 Fingerprint(ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
