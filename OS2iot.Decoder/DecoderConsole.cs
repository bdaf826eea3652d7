using System.Text;
using Jint;
using Jint.Native;
using Jint.Runtime;

namespace OS2iot.Decoder;

/// <summary>What a script wrote to <c>console</c>; the first lines of it.</summary>
internal sealed class DecoderConsole
{
    private const int MaxLines = 50;

    private const int MaxLineLength = 500;

    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public void Add(Engine engine, string level, JsValue[] values)
    {
        if (_lines.Count < MaxLines)
        {
            Add(level, string.Join(' ', values.Take(20).Select(value => Text(engine, value))));
        }
    }

    public void Add(string level, string text)
    {
        if (_lines.Count < MaxLines)
        {
            var line = level == "log" ? text : $"{level}: {text}";
            _lines.Add(line.Length > MaxLineLength ? string.Concat(line.AsSpan(0, MaxLineLength - 1), "…") : line);
        }
    }

    private static string Text(Engine engine, JsValue value)
    {
        if (!value.IsObject())
        {
            return value.IsSymbol() ? "Symbol()" : TypeConverter.ToString(value);
        }

        try
        {
            return Encoding.UTF8.GetString(DecoderJson.Write(engine, value, limit: 4 * MaxLineLength).Span) is { Length: > 0 } json ? json : "[function]";
        }
        catch (DecodeException exception)
        {
            return $"[{exception.Message}]";
        }
    }
}
