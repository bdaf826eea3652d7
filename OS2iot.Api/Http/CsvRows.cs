using System.Globalization;
using System.Text;

namespace OS2iot.Api.Http;

/// <summary>
/// Writes comma-separated values (RFC 4180, UTF-8, lines end in LF) as they come, a piece at a time. A cell that a spreadsheet would
/// run as a formula begins with an apostrophe.
/// </summary>
internal sealed class CsvRows : IAsyncDisposable
{
    public const string ContentType = "text/csv";

    private const int BufferSize = 32 * 1024;

    private readonly StreamWriter _writer;

    private CsvRows(StreamWriter writer) => _writer = writer;

    /// <summary>Begins the answer. After this nothing can be refused any more.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="fileName">What a browser saves it as; plain ASCII.</param>
    /// <param name="byteOrderMark">Spreadsheets need it to read Danish letters; programs rather not.</param>
    /// <param name="contentType">Where clients know another.</param>
    public static CsvRows Begin(HttpResponse response, string fileName, bool byteOrderMark = true, string contentType = ContentType + "; charset=utf-8")
    {
        response.ContentType = contentType;
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        response.Headers.CacheControl = "no-store";
        return new CsvRows(new StreamWriter(response.Body, new UTF8Encoding(byteOrderMark), BufferSize, leaveOpen: true) { NewLine = "\n" });
    }

    public async Task WriteAsync(IReadOnlyList<string?> cells, CancellationToken ct)
    {
        var line = string.Join(',', cells.Select(Cell));
        await _writer.WriteLineAsync(line.AsMemory(), ct);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    internal static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        var safe = IsFormula(value) ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0 || char.IsWhiteSpace(safe[0]) || char.IsWhiteSpace(safe[^1])
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }

    // Minus and plus also begin numbers, and those are harmless.
    private static bool IsFormula(string value) =>
        value[0] is '=' or '+' or '-' or '@' or '\t' or '\r'
        && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
