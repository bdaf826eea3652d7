using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OS2iot.Api.Http;

/// <summary>How JSON is read and written. Nulls are written; a name that camel case would break is written out where it stands.</summary>
internal static class WireJson
{
    public static readonly JsonSerializerOptions Answers = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static readonly JsonSerializerOptions Requests = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new WireTime.LenientConverter(), new OptionalConverter() },
    };

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;

        // Danish letters as they are; the answers are JSON and never part of a page.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new WireTime.Converter());
        options.Converters.Add(new OptionalConverter());
        return options;
    }
}
