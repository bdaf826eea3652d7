using System.Globalization;

namespace OS2iot.Benchmarks;

/// <summary>What is measured, and for how long. Everything together stays under five minutes.</summary>
internal sealed record SuiteOptions
{
    /// <summary>Parts of the suite by name; empty is all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Of each measurement.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Of the way from end to end at full speed.</summary>
    public TimeSpan Sustained { get; init; } = TimeSpan.FromSeconds(20);

    public int Backlog { get; init; } = 100_000;

    /// <summary>Also print which statements took PostgreSQL longest.</summary>
    public bool Statements { get; init; }

    /// <summary>Where the figures go as JSON; null is nowhere.</summary>
    public string? Json { get; init; }

    public static SuiteOptions Parse(string[] args)
    {
        var options = new SuiteOptions();
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value. {Usage}");
            options = args[i++] switch
            {
                "--only" => options with { Only = value.Split(',') },
                "--seconds" => options with { Duration = Seconds(value) },
                "--sustained" => options with { Sustained = Seconds(value) },
                "--backlog" => options with { Backlog = int.Parse(value, CultureInfo.InvariantCulture) },
                "--statements" => options with { Statements = bool.Parse(value) },
                "--json" => options with { Json = value },
                var other => throw new ArgumentException($"There is no option {other}. {Usage}"),
            };
        }

        return options;
    }

    public bool Includes(string part) => Only.Count == 0 || Only.Contains(part, StringComparer.OrdinalIgnoreCase);

    private const string Usage = "Options: --only ingest,end-to-end,logs,decoding,memory --seconds N --sustained N --backlog N --statements true --json FILE";

    private static TimeSpan Seconds(string value) => TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture));
}
