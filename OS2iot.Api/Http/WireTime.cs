using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OS2iot.Api.Http;

/// <summary>Times as they stand on the wire: ISO 8601, UTC, milliseconds, such as <c>2024-01-02T00:00:00.000Z</c>.</summary>
internal static class WireTime
{
    private static readonly string[] PartialFormats =
        ["yyyy", "yyyy-MM", "ddd MMM dd yyyy HH:mm:ss zzz", "ddd MMM dd yyyy HH:mm:ss", "ddd MMM dd yyyy"];

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Any date a person would write, or milliseconds since 1970; null where it is neither. A date alone is midnight UTC.</summary>
    public static DateTimeOffset? Parse(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetInt64(out var milliseconds) && milliseconds is > -62_135_596_800_000 and < 253_402_300_800_000
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : null;
        }

        return value.ValueKind == JsonValueKind.String ? Parse(value.GetString()!) : null;
    }

    /// <summary>As browsers and servers write dates, and as people do; without a zone it is UTC.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;

        // Browsers write "Tue Mar 01 2022 00:00:00 GMT+0100 (Central European Standard Time)".
        var plain = text.IndexOf('(', StringComparison.Ordinal) is > 0 and var bracket ? text[..bracket] : text;
        plain = plain.Replace("GMT+", "+", StringComparison.Ordinal).Replace("GMT-", "-", StringComparison.Ordinal).Trim();
        plain = plain.EndsWith(" GMT", StringComparison.Ordinal) || plain.EndsWith(" UTC", StringComparison.Ordinal) ? plain[..^4] : plain;
        return DateTimeOffset.TryParseExact(plain, PartialFormats, CultureInfo.InvariantCulture, Styles, out var time)
            || DateTimeOffset.TryParse(plain, CultureInfo.InvariantCulture, Styles, out time)
            ? time
            : null;
    }

    internal sealed class Converter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Format(value));
    }

    /// <summary>Reads what <see cref="Parse(JsonElement)"/> reads.</summary>
    internal sealed class LenientConverter : JsonConverter<DateTimeOffset?>
    {
        public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
