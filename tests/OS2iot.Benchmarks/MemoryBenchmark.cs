using OS2iot.Tests.Fakes;

namespace OS2iot.Benchmarks;

/// <summary>What 10,000 more devices cost Ingest, once each of them has sent something.</summary>
internal static class MemoryBenchmark
{
    private const int Devices = 20_000;

    public static async Task RunAsync(Report report)
    {
        await using var scene = await Scene.CreateAsync(Devices, sinkPort: null);
        await using var ingest = await HostProcess.StartAsync(HostProcess.AssemblyOf("OS2iot.Ingest"), scene.Environment(null, null));
        var few = new Load(ingest.Port, [.. scene.Paths.Take(100)]);
        await few.RunAsync(16, TimeSpan.FromSeconds(10), count: Devices);
        var meter = new Meter(ingest.Id);
        var before = meter.Memory();
        var all = new Load(ingest.Port, scene.Paths);
        await all.RunAsync(16, TimeSpan.FromSeconds(60), count: Devices);
        report.Add("Ingest", "memory with 100 devices", before / 1e6, "MB");
        report.Add("Ingest", "memory per 10,000 devices", (meter.Memory() - before) / 1e6 * 10_000 / Devices, "MB");
    }
}
