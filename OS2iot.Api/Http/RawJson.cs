using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OS2iot.Api.Http;

/// <summary>JSON as a device sent it, byte for byte; as text where it is no JSON.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    // What stands around it in an answer must still fit the 64 levels that readers allow.
    private const int MaxDepth = 50;

    private bool IsValid()
    {
        var reader = new Utf8JsonReader(Utf8.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.SerializeToUtf8Bytes(JsonElement.ParseValue(ref reader)));

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
        {
            if (value.IsValid())
            {
                writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
            }
            else
            {
                writer.WriteStringValue(Encoding.UTF8.GetString(value.Utf8.Span));
            }
        }
    }
}
