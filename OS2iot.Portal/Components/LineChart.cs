using System.Globalization;

namespace OS2iot.Portal.Components;

/// <summary>Values over time, drawn by the server: it needs neither script nor style in the page.</summary>
internal sealed class LineChart
{
    public const int Width = 720;

    public const int Height = 200;

    private const int Left = 48;

    private const int Right = 12;

    private const int Top = 14;

    private const int Bottom = 26;

    private readonly double _low;
    private readonly double _high;
    private readonly DateTimeOffset _from;
    private readonly double _span;

    /// <param name="title">What is shown, with its unit.</param>
    /// <param name="values">By time, oldest first; at least one.</param>
    /// <param name="fromZero">The lower edge is zero.</param>
    /// <param name="byDay">One value a day; otherwise each has its time of day.</param>
    public LineChart(string title, IEnumerable<(DateTimeOffset At, double Value)> values, bool fromZero = false, bool byDay = true)
    {
        (Title, Values, ByDay) = (title, [.. values.OrderBy(v => v.At)], byDay);
        var (low, high) = (Values.Min(v => v.Value), Values.Max(v => v.Value));
        var step = Step(fromZero ? high : high - low);
        _low = fromZero ? 0 : Math.Floor(low / step) * step;
        _high = Math.Max(Math.Ceiling(high / step) * step, _low + step);
        _from = Values[0].At;
        _span = Math.Max((Values[^1].At - _from).TotalSeconds, 1);
        Points = [.. Values.Select(v => new ChartPoint(v.At, v.Value, Text(Values.Count == 1 ? (double)Width / 2 : X(v.At)), Text(Y(v.Value))))];
        Path = string.Join(' ', Points.Select((p, i) => (i == 0 ? "M" : "L") + p.X + " " + p.Y));
        var count = (int)Math.Round((_high - _low) / step);
        Lines = [.. Enumerable.Range(0, count + 1).Select(i => _low + (i * step)).Select(v => new ChartLine(v.ToString("0.###", CultureInfo.CurrentCulture), Text(Y(v))))];
    }

    public string Title { get; }

    public IReadOnlyList<(DateTimeOffset At, double Value)> Values { get; }

    public bool ByDay { get; }

    public IReadOnlyList<ChartPoint> Points { get; }

    public string Path { get; }

    public IReadOnlyList<ChartLine> Lines { get; }

    public static int PlotLeft => Left;

    public static int PlotRight => Width - Right;

    public static int LabelY => Height - 6;

    /// <summary>Between two lines, so that people read round numbers: 1, 2 or 5 times a power of ten, for some four lines.</summary>
    private static double Step(double range)
    {
        var rough = Math.Max(range, 1) / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
    }

    private double X(DateTimeOffset at) => Left + ((at - _from).TotalSeconds / _span * (Width - Left - Right));

    private double Y(double value) => Top + ((_high - value) / (_high - _low) * (Height - Top - Bottom));

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}

/// <param name="At">When.</param>
/// <param name="Value">What.</param>
/// <param name="X">Where, for SVG.</param>
/// <param name="Y">Likewise.</param>
internal sealed record ChartPoint(DateTimeOffset At, double Value, string X, string Y);

internal sealed record ChartLine(string Label, string Y);
