using System.Globalization;
using OS2iot.Simulator.Sinks;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>Where the hosts' log is kept in a run.</summary>
public enum LogKind
{
    PostgreSql,
    Kafka,
}

internal enum FaultKind
{
    KillIngest,
    KillWorkers,
    KillBoth,
    CrashPostgreSql,
    CutIngest,
    CutWorkers,
    CutBoth,
    DelayIngest,
    DelayWorkers,
    BlackholeIngest,
    BlackholeWorkers,
    ThrottleWorkers,
    LogDown,
    LogRefusesAppends,
    LogRefusesReads,
    LogSlow,
    Target,
    TargetCut,
    TargetBlackhole,
    TargetDrips,
}

/// <summary>One thing that goes wrong: so long after the one before it in its track, and for so long.</summary>
internal sealed record FaultStep(int Track, TimeSpan At, TimeSpan After, TimeSpan For, FaultKind Kind)
{
    /// <summary>Of the targets that misbehave, for their faults only.</summary>
    public int Target { get; init; }

    public SinkFaults? Mood { get; init; }

    public override string ToString()
    {
        var what = Kind switch
        {
            FaultKind.Target => $"target {Target}: {Describe(Mood!)}",
            FaultKind.TargetCut or FaultKind.TargetBlackhole or FaultKind.TargetDrips => $"{Kind} {Target}",
            _ => $"{Kind}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:0.00} s: {what} for {For.TotalSeconds:0.00} s");
    }

    private static string Describe(SinkFaults mood) => string.Join(' ', new[]
    {
        mood.TakesAnyway ? "takes the message, yet" : null,
        mood.Status is { } status ? $"answers {status}" : null,
        mood.RetryAfter is { } after ? $"(retry after {after} s)" : null,
        mood.FailRate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"in {rate:P0} of tries") : null,
        mood.Hang ? "hangs" : null,
        mood.Reset ? "hangs up" : null,
        mood.ClosesEarly ? "answers 200 before reading" : null,
        mood.DelayMs > 0 ? $"takes {mood.DelayMs} ms" : null,
    }.OfType<string>());
}

/// <summary>
/// What goes wrong in a run, drawn from its seed: the same seed is the same plan. Hosts, database, log and each target have trouble
/// of their own, side by side.
/// </summary>
internal sealed record FaultPlan(int Seed, LogKind Log, TimeSpan Duration, bool LastTargetDies, IReadOnlyList<FaultStep> Steps)
{
    /// <summary>Besides these there is one target that behaves.</summary>
    public const int MoodyTargets = 3;

    private static readonly FaultKind[] OfHosts = [FaultKind.KillIngest, FaultKind.KillWorkers, FaultKind.KillWorkers, FaultKind.KillBoth];

    private static readonly FaultKind[] OfDatabase =
    [
        FaultKind.CrashPostgreSql, FaultKind.CrashPostgreSql, FaultKind.CutIngest, FaultKind.CutWorkers, FaultKind.CutBoth, FaultKind.DelayIngest,
        FaultKind.DelayWorkers, FaultKind.BlackholeIngest, FaultKind.BlackholeWorkers, FaultKind.ThrottleWorkers,
    ];

    private static readonly FaultKind[] OfKafka = [FaultKind.LogDown, FaultKind.LogRefusesAppends, FaultKind.LogRefusesReads, FaultKind.LogSlow];

    private static readonly FaultKind[] OfTargets =
    [
        FaultKind.Target, FaultKind.Target, FaultKind.Target, FaultKind.TargetCut, FaultKind.TargetBlackhole, FaultKind.TargetDrips,
    ];

    private static readonly SinkFaults[] Moods =
    [
        new() { Status = 500 },
        new() { Status = 503, FailRate = 0.5 },
        new() { Status = 429, RetryAfter = 1 },
        new() { Status = 400 },
        new() { Hang = true },
        new() { Reset = true },
        new() { DelayMs = 400 },
        new() { ClosesEarly = true },
        new() { Status = 500, TakesAnyway = true },
        new() { Reset = true, TakesAnyway = true },
        new() { Hang = true, TakesAnyway = true },
    ];

    public static FaultPlan Draw(int seed, LogKind log, TimeSpan duration)
    {
        var steps = Track(seed, 0, duration, random => (Any(random, OfHosts), null))
            .Concat(Track(seed, 1, duration, random => (Any(random, OfDatabase), null)));
        if (log == LogKind.Kafka)
        {
            steps = steps.Concat(Track(seed, 2, duration, random => (Any(random, OfKafka), null)));
        }

        for (var target = 1; target <= MoodyTargets; target++)
        {
            var number = target;
            steps = steps.Concat(
                Track(seed, 2 + number, duration, random => (Any(random, OfTargets), Any(random, Moods))).Select(s => s with { Target = number }));
        }

        return new FaultPlan(seed, log, duration, LastTargetDies: seed % 5 == 0, [.. steps.OrderBy(s => s.At)]);
    }

    public override string ToString() =>
        $"seed {Seed}, {Log} log{(LastTargetDies ? $", target {MoodyTargets} stays away in the end" : "")}:{Environment.NewLine}  "
        + string.Join(Environment.NewLine + "  ", Steps);

    /// <summary>Each with random numbers of its own, so that a shorter run is the beginning of a longer one.</summary>
    private static List<FaultStep> Track(int seed, int track, TimeSpan duration, Func<Random, (FaultKind Kind, SinkFaults? Mood)> draw)
    {
        var random = new Random((seed * 100) + track);
        var steps = new List<FaultStep>();
        var after = Seconds(random, 0.1, 1.5);
        for (var at = after; at < duration; at += after)
        {
            var lasts = Seconds(random, 0.2, 2.5);
            var (kind, mood) = draw(random);
            steps.Add(new FaultStep(track, at, after, lasts < duration - at ? lasts : duration - at, kind) { Mood = mood });
            after = Seconds(random, 0.5, 2.5);
            at += lasts;
        }

        return steps;
    }

    private static T Any<T>(Random random, T[] choice) => choice[random.Next(choice.Length)];

    private static TimeSpan Seconds(Random random, double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
}
