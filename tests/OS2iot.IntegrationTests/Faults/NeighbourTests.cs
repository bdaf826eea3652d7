using System.Diagnostics;
using System.Globalization;
using OS2iot.Tests.Fakes;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>A target that takes nothing costs the others nothing, neither at once nor in the long run.</summary>
[Collection(FaultsCollection.Name)]
public sealed class NeighbourTests(ITestOutputHelper output)
{
    private const int Devices = 20;

    private const int Good = 0;

    private const int Dead = 1;

    /// <summary>What the machine's other work may add to either measurement.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Target_ThatHangs_CostsAnotherTargetNothing()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var scene = await FaultScene.StartAsync(LogKind.PostgreSql, Devices, targets: 2);
        using var load = new DeviceLoad(scene.Ingest.Port, scene.Devices);
        await load.RunAsync(Pause, Task.Delay(TimeSpan.FromSeconds(2), ct), ct);

        var without = await P99Async(scene, load, TimeSpan.FromSeconds(5), ct);
        scene.Receivers.All[Dead].Sink.Faults = new() { Hang = true };
        var with = await P99Async(scene, load, TimeSpan.FromSeconds(5), ct);

        FaultForm.Report(output, Compared(without, with));
        Assert.InRange(with, TimeSpan.Zero, (1.5 * without) + Noise);
    }

    [Fact]
    public async Task Soak_WithADeadTarget_KeepsTheMemoryFlatAndTheOthersQuick()
    {
        Assert.SkipUnless(FaultForm.IsLong, "Takes ten minutes; ./test.sh --faults runs it.");
        var ct = TestContext.Current.CancellationToken;
        await using var scene = await FaultScene.StartAsync(LogKind.PostgreSql, Devices, targets: 2);
        using var load = new DeviceLoad(scene.Ingest.Port, scene.Devices);
        await load.RunAsync(Pause, Task.Delay(FaultForm.Soak / 20, ct), ct);

        var without = await P99Async(scene, load, FaultForm.Soak / 10, ct);
        scene.Receivers.All[Dead].Link.Blackhole();
        var watching = MemoryAsync(scene, FaultForm.Soak, ct);
        var with = await P99Async(scene, load, FaultForm.Soak, ct);
        var (ingest, workers) = await watching;

        FaultForm.Report(output, Compared(without, with));
        FaultForm.Report(output, $"soak of {FaultForm.Soak.TotalMinutes:0.#} min: {Course("Ingest", ingest)}; {Course("Workers with decoders", workers)}");
        Assert.InRange(with, TimeSpan.Zero, (1.5 * without) + Noise);
        AssertFlat(ingest);
        AssertFlat(workers);
        Assert.Equal((0, 0), (scene.Ingest.EndedByItself, scene.Workers.EndedByItself));
    }

    /// <summary>From the POST to the good target, of messages sent from now on for a while.</summary>
    private static async Task<TimeSpan> P99Async(FaultScene scene, DeviceLoad load, TimeSpan duration, CancellationToken ct)
    {
        var from = Stopwatch.GetTimestamp();
        await load.RunAsync(Pause, Task.Delay(duration, ct), ct);
        var sent = load.All.Where(m => m.SentAt >= from && m.Device.Target == Good).ToList();
        Assert.NotEmpty(sent);
        while (!sent.TrueForAll(m => scene.Receivers.Arrivals.ContainsKey(m.Id)))
        {
            Assert.InRange(Stopwatch.GetElapsedTime(from), TimeSpan.Zero, duration + TimeSpan.FromMinutes(1));
            await Task.Delay(50, ct);
        }

        var took = sent.Select(m => Stopwatch.GetElapsedTime(m.SentAt, scene.Receivers.Arrivals[m.Id])).Order().ToList();
        return took[(int)Math.Ceiling(0.99 * took.Count) - 1];
    }

    private static async Task<(List<long> Ingest, List<long> Workers)> MemoryAsync(FaultScene scene, TimeSpan duration, CancellationToken ct)
    {
        var (ingest, workers) = (new Meter(scene.Ingest.ProcessId), new Meter(scene.Workers.ProcessId));
        var (ofIngest, ofWorkers) = (new List<long>(), new List<long>());
        for (var i = 0; i < 100; i++)
        {
            await Task.Delay(duration / 100, ct);
            ofIngest.Add(ingest.Memory());
            ofWorkers.Add(workers.Memory());
        }

        return (ofIngest, ofWorkers);
    }

    /// <summary>The second tenth of the time, when all is warm and the target long dead, against the last.</summary>
    private static void AssertFlat(List<long> memory) =>
        Assert.InRange(Median(memory[^10..]), 0, (long)(1.2 * Median(memory[10..20])) + 20_000_000);

    private static string Course(string name, List<long> memory) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {Median(memory[10..20]) / 1e6:0} MB at first, {Median(memory[^10..]) / 1e6:0} MB in the end");

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);

    private static string Compared(TimeSpan without, TimeSpan with) =>
        string.Create(CultureInfo.InvariantCulture, $"p99 of a target: {without.TotalMilliseconds:0} ms, {with.TotalMilliseconds:0} ms with a dead one beside it");
}
