using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace OS2iot.Benchmarks;

/// <param name="Part">What was measured.</param>
/// <param name="Case">Under which load.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Of the figure.</param>
/// <param name="Ratio">Against the machine's own limit in the same run; null where there is none.</param>
internal sealed record Figure(string Part, string Case, double Value, string Unit, double? Ratio = null);

/// <summary>Collects figures and writes them as one table.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Figure> _figures = [];

    public void Add(string part, string @case, double value, string unit, double? limit = null)
    {
        _figures.Add(new Figure(part, @case, value, unit, limit is > 0 ? value / limit : null));
        Console.Error.WriteLine($"{part} · {@case}: {Number(value)} {unit}");
    }

    public string ToMarkdown()
    {
        var table = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}; load {Load()}; loader and target included in the machine.")
            .AppendLine()
            .AppendLine("| What | Case | Figure | Unit | Of the machine's limit |")
            .AppendLine("|---|---|---:|---|---:|");
        foreach (var figure in _figures)
        {
            var ratio = figure.Ratio is { } r ? r.ToString("P0", CultureInfo.InvariantCulture) : "";
            table.AppendLine(CultureInfo.InvariantCulture, $"| {figure.Part} | {figure.Case} | {Number(figure.Value)} | {figure.Unit} | {ratio} |");
        }

        return table.ToString();
    }

    public Task WriteJsonAsync(string file) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(_figures, Json));

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : "N2", CultureInfo.InvariantCulture);

    private static string Load()
    {
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
        return load;
    }
}
