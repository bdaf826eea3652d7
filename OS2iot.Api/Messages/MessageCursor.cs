using System.Buffers.Binary;
using System.Buffers.Text;

namespace OS2iot.Api.Messages;

/// <summary>A place in a device's history, as clients carry it from one page to the next.</summary>
internal readonly record struct MessageCursor(DateTimeOffset ReceivedAt, Guid Id)
{
    private const int Length = sizeof(long) + 16;

    public static MessageCursor? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length > Length * 2 || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Length)
        {
            return null;
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new MessageCursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[sizeof(long)..], bigEndian: true))
            : null;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, ReceivedAt.UtcTicks);
        Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
