namespace OS2iot.Benchmarks;

/// <summary>Runs the parts one after the other, so that none disturbs another, and prints one table.</summary>
internal static class Suite
{
    public static async Task<int> RunAsync(SuiteOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The figures come from /proc: run this on Linux.");
            return 2;
        }

        var report = new Report();
        (string Name, Func<Task> Run)[] parts =
        [
            ("ingest", () => IngestBenchmark.RunAsync(options, report)),
            ("end-to-end", () => EndToEndBenchmark.RunAsync(options, report)),
            ("logs", () => LogBenchmark.RunAsync(options, report)),
            ("decoding", () => DecodeBenchmark.RunAsync(options, report)),
            ("memory", () => MemoryBenchmark.RunAsync(report)),
        ];
        foreach (var (name, run) in parts)
        {
            if (options.Includes(name))
            {
                await run();
            }
        }

        Console.WriteLine(report.ToMarkdown());
        if (options.Json is { } file)
        {
            await report.WriteJsonAsync(file);
        }

        return 0;
    }
}
