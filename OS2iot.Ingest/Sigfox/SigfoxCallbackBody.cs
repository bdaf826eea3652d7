using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OS2iot.Core.Sigfox;
using OS2iot.Ingest.GenericHttp;

namespace OS2iot.Ingest.Sigfox;

/// <summary>
/// What a request brings: its body, or for a callback by GET what stands in its address, in the same form. Several callbacks at once
/// come as body or in <c>batch</c>.
/// </summary>
internal static class SigfoxCallbackBody
{
    private const string Batch = "batch";

    private static readonly string[] NotInBody = ["apiKey", "secret"];

    /// <summary>Members that are numbers, where they are.</summary>
    private static readonly string[] Numbers = ["time", "seqNumber", "rssi", "snr"];

    /// <param name="request">By GET or POST.</param>
    /// <param name="maxSize">Bytes.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null when it is too long.</returns>
    /// <exception cref="InvalidDataException">The body can't be decompressed.</exception>
    public static async Task<(List<ReadOnlyMemory<byte>>? Objects, string? Mistake)?> ReadAsync(HttpRequest request, int maxSize, CancellationToken ct)
    {
        ReadOnlyMemory<byte>? body =
            !HttpMethods.IsGet(request.Method) ? await JsonBody.ReadAsync(request, maxSize, ct)
            : request.QueryString.Value?.Length > maxSize ? null
            : request.Query.TryGetValue(Batch, out var batch) ? Encoding.UTF8.GetBytes(batch.ToString())
            : OfAddress(request.Query);
        if (body is not { } bytes)
        {
            return null;
        }

        var objects = SigfoxBody.Split(bytes, out var mistake);
        return (objects, mistake);
    }

    private static ReadOnlyMemory<byte> OfAddress(IQueryCollection query)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (!query.ContainsKey("deviceTypeId"))
            {
                writer.WriteString("deviceTypeId", query["apiKey"].ToString());
            }

            foreach (var (name, values) in query.Where(q => !NotInBody.Contains(q.Key, StringComparer.OrdinalIgnoreCase)))
            {
                Write(writer, name, values.ToString());
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, string name, string value)
    {
        if (Numbers.Contains(name, StringComparer.Ordinal)
            && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else if (name == "ack" && bool.TryParse(value, out var asks))
        {
            writer.WriteBoolean(name, asks);
        }
        else
        {
            writer.WriteString(name, value);
        }
    }
}
