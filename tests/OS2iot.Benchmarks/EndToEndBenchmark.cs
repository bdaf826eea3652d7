using System.Diagnostics;
using OS2iot.Tests.Fakes;

namespace OS2iot.Benchmarks;

/// <summary>From the device's POST to the data target: ingest, log, decoder, storing, one HTTP push a message.</summary>
internal static class EndToEndBenchmark
{
    private const int MostUnderWay = 4000;

    public static async Task RunAsync(SuiteOptions options, Report report)
    {
        await MeasureAsync("End to end, PostgreSQL log", kafka: null, options, report);
        using var kafka = new KafkaCluster();
        await MeasureAsync("End to end, Kafka (in-process cluster)", kafka.Servers, options, report);
    }

    private static async Task MeasureAsync(string part, string? kafka, SuiteOptions options, Report report)
    {
        await using var sink = await Sink.StartAsync();
        await using var scene = await Scene.CreateAsync(devices: 500, sink.Port);
        var environment = scene.Environment(kafka, sink.Port);
        await using var ingest = await HostProcess.StartAsync(HostProcess.AssemblyOf("OS2iot.Ingest"), environment);
        var workers = await HostProcess.StartAsync(HostProcess.AssemblyOf("OS2iot.Workers"), environment);
        try
        {
            var load = new Load(ingest.Port, scene.Paths);
            await load.RunAsync(32, TimeSpan.FromSeconds(20), count: 10_000, onSending: sink.Sending, mayGo: () => RoomAsync(load, sink));
            await DrainedAsync(sink, load.Sent);

            var perSecond = await SustainedAsync(
                part, load, sink, [("Ingest", ingest.Id), ("Workers with decoders", workers.Id), ("PostgreSQL", scene.PostgresProcess)], options, report);
            if (options.Statements)
            {
                (await scene.SlowestStatementsAsync(25)).ToList().ForEach(Console.Error.WriteLine);
            }

            await HalfRateAsync(part, load, sink, perSecond / 2, options, report);
            if (kafka is null)
            {
                await workers.DisposeAsync();
                workers = await BacklogAsync(part, load, sink, environment, options, report);
            }

            report.Add(part, "peak memory of Ingest", new Meter(ingest.Id).PeakMemory() / 1e6, "MB");
            report.Add(part, "peak memory of Workers with decoders", new Meter(workers.Id).PeakMemory() / 1e6, "MB");
        }
        finally
        {
            await workers.DisposeAsync();
        }
    }

    private static async Task<double> SustainedAsync(
        string part, Load load, Sink sink, (string Name, int Id)[] processes, SuiteOptions options, Report report)
    {
        var meters = processes.Select(p => (p.Name, Meter: new Meter(p.Id))).ToList();
        var before = sink.Received;
        var start = Stopwatch.GetTimestamp();
        meters.ForEach(m => m.Meter.Start());
        await load.RunAsync(64, options.Sustained, onSending: sink.Sending, mayGo: () => RoomAsync(load, sink));
        await DrainedAsync(sink, load.Sent);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var messages = sink.Received - before;
        report.Add(part, $"sustained for {options.Sustained.TotalSeconds:N0} s", messages / elapsed, "messages/s");
        var times = meters.ConvertAll(m => (m.Name, PerMessage: m.Meter.Microseconds() / messages));
        times.ForEach(t => report.Add(part, $"CPU of {t.Name}", t.PerMessage, "µs/message"));
        report.Add(part, "CPU of all of them", times.Sum(t => t.PerMessage), "µs/message");
        return messages / elapsed;
    }

    private static async Task HalfRateAsync(string part, Load load, Sink sink, double rate, SuiteOptions options, Report report)
    {
        sink.Forget();
        var first = load.Sent;
        await load.RunAsync(64, options.Duration * 2, rate, onSending: sink.Sending);
        var sent = load.Sent - first;
        await DrainedAsync(sink, sent);
        report.Add(part, $"at {rate:N0} messages/s, p50", sink.Latency.GetValueAtPercentile(50) / 1000.0, "ms");
        report.Add(part, $"at {rate:N0} messages/s, p99", sink.Latency.GetValueAtPercentile(99) / 1000.0, "ms");
    }

    private static async Task<HostProcess> BacklogAsync(
        string part, Load load, Sink sink, Dictionary<string, string> environment, SuiteOptions options, Report report)
    {
        var before = sink.Received;
        await load.RunAsync(64, TimeSpan.FromMinutes(2), count: options.Backlog);
        var start = Stopwatch.GetTimestamp();
        var workers = await HostProcess.StartAsync(HostProcess.AssemblyOf("OS2iot.Workers"), environment);
        await DrainedAsync(sink, before + options.Backlog);
        report.Add(part, $"backlog of {options.Backlog:N0}, with Workers' start", options.Backlog / Stopwatch.GetElapsedTime(start).TotalSeconds, "messages/s");
        return workers;
    }

    private static async ValueTask RoomAsync(Load load, Sink sink)
    {
        while (load.Sent - sink.Received > MostUnderWay)
        {
            await Task.Delay(5);
        }
    }

    private static async Task DrainedAsync(Sink sink, long messages)
    {
        var until = Stopwatch.GetTimestamp() + (90 * Stopwatch.Frequency);
        while (sink.Received < messages)
        {
            if (Stopwatch.GetTimestamp() > until)
            {
                throw new TimeoutException($"{sink.Received} of {messages} messages arrived.");
            }

            await Task.Delay(5);
        }
    }
}
