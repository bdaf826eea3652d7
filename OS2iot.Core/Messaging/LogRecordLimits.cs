using System.Text;

namespace OS2iot.Core.Messaging;

/// <summary>What every log takes. Asked before a record shares a batch with others, so that a bad one fails alone.</summary>
internal static class LogRecordLimits
{
    public const int MaxKeyBytes = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes the key as UTF-8.</summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">It is no key.</exception>
    public static int Encode(string key, Span<byte> target)
    {
        try
        {
            return Strict.TryGetBytes(key, target, out var length) && !target[..length].Contains((byte)0)
                ? length
                : throw new ArgumentException($"A key has no zero character and up to {MaxKeyBytes} bytes.", nameof(key));
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException("A key is Unicode text.", nameof(key), exception);
        }
    }

    /// <exception cref="ArgumentException">It is too large.</exception>
    public static void CheckSize(int bytes)
    {
        if (bytes > LogOptions.MaxRecordBytes)
        {
            throw new ArgumentException($"A record of {bytes} bytes; the log takes up to {LogOptions.MaxRecordBytes}.", nameof(bytes));
        }
    }
}
