using Google.Protobuf.WellKnownTypes;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>Numbers per day (UTC), as ChirpStack hands them out.</summary>
internal static class PlayedMetrics
{
    private const int MaxDays = 400;

    public static List<DateOnly> DaysOf(Timestamp? start, Timestamp? end)
    {
        if (start is null || end is null || end < start)
        {
            throw ChirpStackNetwork.Invalid("start and end must be set");
        }

        var first = DateOnly.FromDateTime(start.ToDateTime());
        var last = DateOnly.FromDateTime(end.ToDateTime());
        return [.. Enumerable.Range(0, Math.Min(MaxDays, last.DayNumber - first.DayNumber + 1)).Select(first.AddDays)];
    }

    public static Metric Of(string name, IReadOnlyList<DateOnly> days, params ReadOnlySpan<(string Label, Func<DateOnly, double> Value)> sets)
    {
        var metric = new Metric
        {
            Name = name,
            Kind = MetricKind.Absolute,
            Timestamps = { days.Select(d => Timestamp.FromDateTime(d.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc))) },
        };
        foreach (var (label, value) in sets)
        {
            metric.Datasets.Add(new MetricDataset { Label = label, Data = { days.Select(d => (float)value(d)) } });
        }

        return metric;
    }
}
