using System.Text.Json;
using System.Text.Unicode;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// Takes a body of callbacks apart: one object, or what Sigfox gathered within a second (channel BATCH_URL), as objects one after the
/// other or as an array of them.
/// </summary>
public static class SigfoxBody
{
    private static readonly JsonReaderOptions Many = new() { AllowMultipleValues = true };

    /// <param name="body">As it came.</param>
    /// <param name="mistake">What is wrong with it, for its sender; null when nothing is.</param>
    /// <returns>Each object's bytes as they came; at least one. Null when there is a mistake.</returns>
    public static List<ReadOnlyMemory<byte>>? Split(ReadOnlyMemory<byte> body, out string? mistake)
    {
        // The reader below takes the bytes of strings unseen.
        if (!Utf8.IsValid(body.Span))
        {
            mistake = "The body is not valid UTF-8.";
            return null;
        }

        try
        {
            var objects = Read(body);
            mistake = objects is null ? "The body must be a JSON object, or several."
                : objects.Count == 0 ? "The body is empty. Send a JSON object."
                : null;
            return mistake is null ? objects : null;
        }
        catch (JsonException exception)
        {
            mistake = $"The body is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.";
            return null;
        }
    }

    private static List<ReadOnlyMemory<byte>>? Read(ReadOnlyMemory<byte> body)
    {
        var objects = new List<ReadOnlyMemory<byte>>(1);
        var reader = new Utf8JsonReader(body.Span, Many);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                // Once, and not within another one: what stands in it must be objects.
                case JsonTokenType.StartArray when objects.Count == 0 && reader.CurrentDepth == 0:
                case JsonTokenType.EndArray when reader.CurrentDepth == 0:
                    break;
                case JsonTokenType.StartObject:
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    objects.Add(body[start..(int)reader.BytesConsumed]);
                    break;
                default:
                    return null;
            }
        }

        return objects;
    }
}
