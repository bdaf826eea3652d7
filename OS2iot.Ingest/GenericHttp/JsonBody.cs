using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace OS2iot.Ingest.GenericHttp;

/// <summary>Reads a request body that must be one JSON object or array, and leaves its bytes as they are.</summary>
internal static class JsonBody
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <returns>Null when the body is longer than <paramref name="maxSize"/> bytes.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxSize, CancellationToken ct)
    {
        if (request.ContentLength > maxSize)
        {
            return null;
        }

        // The pipe hands out what has arrived; nothing is allocated for a length that was only announced.
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            if (result.Buffer.Length > maxSize)
            {
                reader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body.AsSpan().StartsWith(ByteOrderMark) ? body.AsMemory(ByteOrderMark.Length) : body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <returns>What is wrong with the body, for its sender; null when nothing is.</returns>
    public static string? Check(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "The body is empty. Send a JSON object or array.";
        }

        // The reader below takes the bytes of strings unseen.
        if (!Utf8.IsValid(body))
        {
            return "The body is not valid UTF-8.";
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                return "The body must be a JSON object or array.";
            }

            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException exception)
        {
            return $"The body is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.";
        }
    }
}
