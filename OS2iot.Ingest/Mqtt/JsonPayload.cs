using System.Buffers.Text;
using OS2iot.Ingest.GenericHttp;

namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// What the pipeline gets of a payload: a JSON object as it is, byte for byte; anything else as
/// <c>{"data":"…","encoding":"base64"}</c>, so that decoders can have the bytes.
/// </summary>
internal static class JsonPayload
{
    private static ReadOnlySpan<byte> Before => "{\"data\":\""u8;

    private static ReadOnlySpan<byte> After => "\",\"encoding\":\"base64\"}"u8;

    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> payload) => IsObject(payload.Span) ? payload : Wrap(payload.Span);

    private static bool IsObject(ReadOnlySpan<byte> payload) =>
        payload.TrimStart(" \t\r\n"u8).StartsWith("{"u8) && JsonBody.Check(payload) is null;

    private static byte[] Wrap(ReadOnlySpan<byte> payload)
    {
        var length = Base64.GetMaxEncodedToUtf8Length(payload.Length);
        var wrapped = new byte[Before.Length + length + After.Length];
        Before.CopyTo(wrapped);
        Base64.EncodeToUtf8(payload, wrapped.AsSpan(Before.Length), out _, out _);
        After.CopyTo(wrapped.AsSpan(Before.Length + length));
        return wrapped;
    }
}
