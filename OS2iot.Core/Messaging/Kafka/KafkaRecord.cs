using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>Between our records and Kafka's messages: the key and the headers are UTF-8, the value is the value.</summary>
internal static class KafkaRecord
{
    /// <exception cref="ArgumentException">The log doesn't take such a record.</exception>
    public static Message<byte[], byte[]> ToMessage(LogRecord record)
    {
        Span<byte> key = stackalloc byte[LogRecordLimits.MaxKeyBytes];
        var message = new Message<byte[], byte[]>
        {
            Key = key[..LogRecordLimits.Encode(record.Key, key)].ToArray(),
            Value = Bytes(record.Value),
            Headers = new Headers(),
        };
        var size = message.Key.Length + message.Value.Length;
        foreach (var header in record.Headers)
        {
            var value = Encoding.UTF8.GetBytes(header.Value);
            size += header.Key.Length + value.Length;
            message.Headers.Add(header.Key, value);
        }

        LogRecordLimits.CheckSize(size);
        return message;
    }

    public static LogRecord ToRecord(Message<byte[], byte[]> message) => new()
    {
        Key = message.Key is null ? "" : Encoding.UTF8.GetString(message.Key),
        Value = message.Value,
        Headers = Headers(message.Headers),
    };

    private static KeyValuePair<string, string>[] Headers(Headers? from)
    {
        var headers = new KeyValuePair<string, string>[from?.Count ?? 0];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new(from![i].Key, Encoding.UTF8.GetString(from[i].GetValueBytes() ?? []));
        }

        return headers;
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : value.ToArray();
}
