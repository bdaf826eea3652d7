using System.Text.Encodings.Web;
using System.Text.Json;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>A record in the form of its row. Whatever could make the database refuse it is found here, before it shares a batch.</summary>
internal readonly struct EncodedRecord
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly byte[] NoHeaders = "{}"u8.ToArray();

    [ThreadStatic]
    private static (MemoryStream Buffer, Utf8JsonWriter Writer)? _json;

    /// <exception cref="ArgumentException">The log doesn't take such a record.</exception>
    public EncodedRecord(LogRecord record)
    {
        Key = record.Key;
        Value = record.Value;
        KeyHash = Hash(record.Key);
        Headers = Encode(record.Headers);
        Size = (record.Key.Length * 3) + Headers.Length + record.Value.Length;
        LogRecordLimits.CheckSize(Size);
    }

    public string Key { get; }

    /// <summary>The same in every process and for ever: it says where the key's records are.</summary>
    public uint KeyHash { get; }

    public byte[] Headers { get; }

    public ReadOnlyMemory<byte> Value { get; }

    public int Size { get; }

    /// <summary>One JSON object: readable with psql, at about the price of a format of our own.</summary>
    internal static byte[] Encode(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (headers.Count == 0)
        {
            return NoHeaders;
        }

        _json ??= NewWriter();
        var (buffer, writer) = _json.Value;
        buffer.SetLength(0);
        writer.Reset(buffer);
        writer.WriteStartObject();
        foreach (var header in headers)
        {
            writer.WriteString(header.Key, header.Value);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.ToArray();
    }

    /// <exception cref="JsonException">Not written by <see cref="Encode"/>.</exception>
    internal static KeyValuePair<string, string>[] Decode(ReadOnlySpan<byte> encoded)
    {
        var reader = new Utf8JsonReader(encoded);
        var headers = new KeyValuePair<string, string>[16];
        var count = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (count == headers.Length)
            {
                Array.Resize(ref headers, count * 2);
            }

            var name = KnownName(ref reader) ?? Text(ref reader);
            reader.Read();
            headers[count++] = new(name, Text(ref reader));
        }

        return headers.AsSpan(0, count).ToArray();
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? throw new JsonException("null is no header.");
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("A header is no text.", exception);
        }
    }

    private static string? KnownName(ref Utf8JsonReader reader)
    {
        foreach (var name in LogHeaders.All)
        {
            if (reader.ValueTextEquals(name))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>FNV-1a over UTF-8, with its bits mixed at the end so that any number of partitions gets an even share.</summary>
    private static uint Hash(string key)
    {
        Span<byte> bytes = stackalloc byte[LogRecordLimits.MaxKeyBytes];
        var length = LogRecordLimits.Encode(key, bytes);
        var hash = 2166136261u;
        foreach (var b in bytes[..length])
        {
            hash = (hash ^ b) * 16777619u;
        }

        hash = (hash ^ (hash >> 16)) * 0x85EBCA6Bu;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35u;
        return hash ^ (hash >> 16);
    }

    private static (MemoryStream Buffer, Utf8JsonWriter Writer) NewWriter()
    {
        var buffer = new MemoryStream(512);
        return (buffer, new Utf8JsonWriter(buffer, Json));
    }
}
