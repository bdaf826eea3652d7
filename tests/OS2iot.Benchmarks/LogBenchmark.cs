using System.Diagnostics;
using Confluent.Kafka;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Messaging;
using OS2iot.Tests.Fakes;

namespace OS2iot.Benchmarks;

/// <summary>Appends and reads of both logs, beside what lies under them.</summary>
internal static class LogBenchmark
{
    private const int Appenders = 64;

    private static readonly byte[] Value = System.Text.Encoding.ASCII.GetBytes(new string('x', 200));

    public static async Task RunAsync(SuiteOptions options, Report report)
    {
        await using var scene = await Scene.CreateAsync(devices: 1, sinkPort: null);
        var copy = await BareCopyAsync(scene.ConnectionString, options);
        report.Add("Bare COPY", "200 bytes a row", copy, "rows/s");
        await MeasureAsync("PostgreSQL log", scene.ConnectionString, kafka: null, copy, options, report);
        using var kafka = new KafkaCluster();
        var producer = await BareProducerAsync(kafka.Servers, options);
        report.Add("Bare producer", $"{Appenders} awaited at once, acks=all, linger 0", producer, "records/s");
        await MeasureAsync("Kafka log (in-process cluster)", scene.ConnectionString, kafka.Servers, producer, options, report);
    }

    private static async Task MeasureAsync(
        string part, string connectionString, string? kafka, double limit, SuiteOptions options, Report report)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:os2iot", connectionString), new("ConnectionStrings:kafka", kafka)]);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddDatabase();
        builder.AddMessaging();
        using var host = builder.Build();
        await host.StartAsync();
        var log = host.Services.GetRequiredService<IMessageLog>();

        // The in-process cluster forgets what exceeds 5 MB in a partition, so that reads are of what was appended last.
        long appended = 0;
        await AppendAsync(log, TimeSpan.FromSeconds(1));
        var start = Stopwatch.GetTimestamp();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        appended = await AppendAsync(log, options.Duration);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds;
        report.Add(part, $"appends, {Appenders} at once", appended / elapsed, "records/s", limit);
        report.Add(part, "CPU of the appending process", used / appended, "µs/record");
        if (kafka is null)
        {
            report.Add(part, "reads by one member", await ReadAsync(log, appended), "records/s");
        }

        await host.StopAsync();
    }

    private static async Task<long> AppendAsync(IMessageLog log, TimeSpan duration)
    {
        long appended = 0;
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, Appenders).Select(a => Task.Run(async () =>
        {
            var record = new LogRecord { Key = $"{a}", Value = Value };
            while (Stopwatch.GetTimestamp() < end)
            {
                await log.AppendAsync(LogTopic.NetworkEvents, record, CancellationToken.None);
                Interlocked.Increment(ref appended);
            }
        })));
        return appended;
    }

    private static async Task<double> ReadAsync(IMessageLog log, long records)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        long read = 0;
        var start = 0L;
        var end = 0L;
        await log.ConsumeAsync(
            LogTopic.NetworkEvents,
            "measuring",
            (batch, _) =>
            {
                Interlocked.CompareExchange(ref start, Stopwatch.GetTimestamp(), 0);
                if (Interlocked.Add(ref read, batch.Count) >= records)
                {
                    Volatile.Write(ref end, Stopwatch.GetTimestamp());
                    stop.Cancel();
                }

                return Task.CompletedTask;
            },
            stop.Token);
        return read / Stopwatch.GetElapsedTime(start, end).TotalSeconds;
    }

    private static async Task<double> BareCopyAsync(string connectionString, SuiteOptions options)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using (var create = database.CreateCommand("CREATE TABLE bare_copy (id bigint, value bytea)"))
        {
            await create.ExecuteNonQueryAsync();
        }

        await using var connection = await database.OpenConnectionAsync();
        var start = Stopwatch.GetTimestamp();
        long rows = 0;
        while (Stopwatch.GetElapsedTime(start) < options.Duration / 2)
        {
            await using var writer = await connection.BeginBinaryImportAsync("COPY bare_copy FROM STDIN (FORMAT binary)");
            for (var i = 0; i < 1000; i++)
            {
                await writer.StartRowAsync();
                await writer.WriteAsync(rows++);
                await writer.WriteAsync(Value);
            }

            await writer.CompleteAsync();
        }

        return rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> BareProducerAsync(string servers, SuiteOptions options)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = servers,
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 0,
        }).Build();
        var start = Stopwatch.GetTimestamp();
        long produced = 0;
        await Task.WhenAll(Enumerable.Range(0, Appenders).Select(a => Task.Run(async () =>
        {
            var message = new Message<byte[], byte[]> { Key = BitConverter.GetBytes(a), Value = Value };
            while (Stopwatch.GetElapsedTime(start) < options.Duration / 2)
            {
                await producer.ProduceAsync(LogTopic.Downlinks.Name, message);
                Interlocked.Increment(ref produced);
            }
        })));
        return produced / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
