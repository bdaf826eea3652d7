using OS2iot.Tests.Fakes;

namespace OS2iot.Benchmarks;

/// <summary>Requests a second that the log acknowledged, beside a server that only checks JSON.</summary>
internal static class IngestBenchmark
{
    private static readonly int[] Connections = [1, 16, 64];

    public static async Task RunAsync(SuiteOptions options, Report report)
    {
        var limits = await LimitsAsync(options, report);
        await using var scene = await Scene.CreateAsync(devices: 1000, sinkPort: null);
        await MeasureAsync("Ingest, PostgreSQL log", scene, kafka: null, limits, options, report);
        using var kafka = new KafkaCluster();
        await MeasureAsync("Ingest, Kafka (in-process cluster)", scene, kafka.Servers, limits, options, report);
    }

    private static async Task<Dictionary<int, double>> LimitsAsync(SuiteOptions options, Report report)
    {
        await using var bare = await HostProcess.StartAsync(typeof(IngestBenchmark).Assembly.Location, new Dictionary<string, string>(), "bare-kestrel", "{port}");
        var load = new Load(bare.Port, ["/"]);
        await load.RunAsync(64, TimeSpan.FromSeconds(2));
        var limits = new Dictionary<int, double>();
        foreach (var connections in Connections)
        {
            var result = await load.RunAsync(connections, options.Duration);
            limits[connections] = result.PerSecond;
            report.Add("Bare Kestrel", $"{connections} connections", result.PerSecond, "requests/s");
        }

        return limits;
    }

    private static async Task MeasureAsync(
        string part, Scene scene, string? kafka, Dictionary<int, double> limits, SuiteOptions options, Report report)
    {
        await using var ingest = await HostProcess.StartAsync(HostProcess.AssemblyOf("OS2iot.Ingest"), scene.Environment(kafka, null));
        var load = new Load(ingest.Port, scene.Paths);
        await load.RunAsync(64, TimeSpan.FromSeconds(3));
        var host = new Meter(ingest.Id);
        var database = new Meter(scene.PostgresProcess);
        var best = 0.0;
        foreach (var connections in Connections)
        {
            host.Start();
            database.Start();
            var result = await load.RunAsync(connections, options.Duration);
            var (hostTime, databaseTime) = (host.Microseconds(), database.Microseconds());
            report.Add(part, $"{connections} connections", result.PerSecond, "requests/s", limits[connections]);
            report.Add(part, $"{connections} connections, p50", result.Percentile(50), "ms");
            report.Add(part, $"{connections} connections, p99", result.Percentile(99), "ms");
            report.Add(part, $"{connections} connections, CPU of Ingest", hostTime / result.Answered, "µs/request");
            report.Add(part, $"{connections} connections, CPU of PostgreSQL", databaseTime / result.Answered, "µs/request");
            if (result.Refused > 0)
            {
                report.Add(part, $"{connections} connections, refused", result.Refused, "requests");
            }

            best = Math.Max(best, result.PerSecond);
        }

        var half = await load.RunAsync(64, options.Duration, best / 2);
        report.Add(part, "at half the highest rate, p99", half.Percentile(99), "ms");
    }
}
