using System.Diagnostics;
using System.Text;
using Jint;
using Microsoft.Extensions.Logging.Abstractions;
using OS2iot.Core.Devices;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Benchmarks;

/// <summary>Runs of a small and a large script, beside the bare engine in this process without limits or a sandbox.</summary>
internal static class DecodeBenchmark
{
    private const string Small = "function decode(payload) { return { n: payload.n, level: payload.level * 100 }; }";

    private static readonly string Large = LargeScript();

    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("""{"n":1,"level":1.27,"battery":98,"data":"0167011002680c5100ff12"}""");

    public static async Task RunAsync(SuiteOptions options, Report report)
    {
        var limits = Microsoft.Extensions.Options.Options.Create(new DecodingOptions { KeepReady = true });
        using var sandbox = new DecoderSandbox(limits, TimeProvider.System, NullLogger<DecoderSandbox>.Instance);
        await MeasureAsync("small script", Small, 1, sandbox, options, report);
        await MeasureAsync($"large script ({Large.Length / 1000} kB)", Large, 2, sandbox, options, report);
    }

    private static async Task MeasureAsync(string name, string code, int id, DecoderSandbox sandbox, SuiteOptions options, Report report)
    {
        var limit = Bare(code, options.Duration / 2);
        report.Add("Bare Jint, one core", name, limit, "runs/s");
        var script = new DecoderScript(id, 1, code);
        var input = new DecoderInput { Payload = Payload, Metadata = "{}"u8.ToArray(), Network = DeviceType.GenericHttp };
        var first = await sandbox.DecodeAsync(script, input, CancellationToken.None);
        if (first.Error is not null)
        {
            throw new InvalidOperationException($"The script failed: {first.Error}");
        }

        long runs = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < options.Duration)
            {
                await sandbox.DecodeAsync(script, input, CancellationToken.None);
                Interlocked.Increment(ref runs);
            }
        })));
        report.Add("Decoding in the sandbox", name, runs / Stopwatch.GetElapsedTime(start).TotalSeconds, "runs/s", limit);
    }

    private static double Bare(string code, TimeSpan duration)
    {
        var engine = new Engine();
        engine.Execute(code);
        var text = Encoding.UTF8.GetString(Payload);
        var parse = new Jint.Native.Json.JsonParser(engine);
        var serialize = new Jint.Native.Json.JsonSerializer(engine);
        var start = Stopwatch.GetTimestamp();
        long runs = 0;
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            serialize.Serialize(engine.Invoke("decode", parse.Parse(text)));
            runs++;
        }

        return runs / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Like the collections of one maker's sensors that people paste: many branches, loops over bytes.
    private static string LargeScript()
    {
        var code = new StringBuilder("function decode(payload) {\n  var bytes = [], out = { n: payload.n };\n")
            .Append("  for (var i = 0; i < payload.data.length; i += 2) bytes.push(parseInt(payload.data.substr(i, 2), 16));\n")
            .Append("  for (var p = 0; p < bytes.length;) {\n    switch (bytes[p++]) {\n");
        for (var channel = 0; channel < 250; channel++)
        {
            code.Append(System.Globalization.CultureInfo.InvariantCulture, $"      case {channel}: out.channel{channel} = ((bytes[p] << 8) | bytes[p + 1]) / 10; p += 2; break;\n");
        }

        return code.Append("      default: p++;\n    }\n  }\n  return out;\n}\n").ToString();
    }
}
