using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OS2iot.Core.Uplinks;

/// <summary>
/// The id under which a message is acknowledged. Where the network has an id of its own for it, ours follows from that: whoever takes
/// the repeat of a message, wherever and whenever, gives it the id of the first.
/// </summary>
public static class UplinkMessageId
{
    private const int LongestOnStack = 1024;

    /// <param name="deviceId">Whose message it is; another device's same id is another message.</param>
    /// <param name="deduplicationId">The network's own id; null gives an id that no other message gets.</param>
    /// <param name="now">The time of receipt.</param>
    /// <returns>UUIDv8 where the network has an id, UUIDv7 where it has none.</returns>
    public static Guid Of(int deviceId, string? deduplicationId, DateTimeOffset now) =>
        deduplicationId is null ? Guid.CreateVersion7(now) : Of(deviceId, deduplicationId);

    public static Guid Of(int deviceId, string deduplicationId)
    {
        var length = sizeof(int) + Encoding.UTF8.GetMaxByteCount(deduplicationId.Length);
        var named = length <= LongestOnStack ? stackalloc byte[LongestOnStack] : new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(named, deviceId);
        var written = Encoding.UTF8.GetBytes(deduplicationId, named[sizeof(int)..]);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(named[..(sizeof(int) + written)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
