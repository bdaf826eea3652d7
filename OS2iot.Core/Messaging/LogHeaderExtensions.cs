using System.Globalization;

namespace OS2iot.Core.Messaging;

/// <summary>Reading and writing of headers for the messages that travel as records.</summary>
internal static class LogHeaderExtensions
{
    public static void AddIfAny(this List<KeyValuePair<string, string>> headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.Add(new(name, value));
        }
    }

    /// <summary>As PostgreSQL can keep it: whoever wrote the record, its text is to stop nobody.</summary>
    public static string? Text(this LogRecord record, string name) => record.Header(name)?.Replace("\0", "", StringComparison.Ordinal);

    /// <exception cref="FormatException">The header is missing.</exception>
    public static string Required(this LogRecord record, string name) =>
        record.Header(name) ?? throw new FormatException($"A record without the header '{name}'.");

    /// <exception cref="FormatException">The header is missing or no whole number.</exception>
    public static int RequiredInt(this LogRecord record, string name) =>
        int.Parse(record.Required(name), NumberStyles.Integer, CultureInfo.InvariantCulture);
}

/// <summary>Times in headers: UTC, microseconds (what PostgreSQL keeps), so that a time read back equals the one stored.</summary>
internal static class LogTime
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    public static DateTimeOffset Parse(string text) => DateTimeOffset.ParseExact(
        text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
