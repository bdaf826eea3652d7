using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// A process that runs scripts, one at a time. It knows none of our secrets: its environment is empty. The engine's limits end
/// nearly every bad script; one that is stuck inside a single call of the engine, or takes memory faster than anybody
/// counts, is ended together with this process.
/// </summary>
internal sealed class DecoderProcess : IDisposable
{
    private static readonly DecodeRequest WarmUp = new()
    {
        Code = "function decode(payload, metadata) { return { value: payload.value / 10, name: metadata.name, at: new Date(0) } }"u8.ToArray(),
        Payload = """{"value":1}"""u8.ToArray(),
        Metadata = """{"id":1,"name":"x"}"""u8.ToArray(),
    };

    private const int MaxWarmUps = 20;

    private readonly Process _process;
    private readonly Stream _requests;
    private readonly Stream _results;

    private DecoderProcess(Process process)
    {
        _process = process;
        _requests = process.StandardInput.BaseStream;
        _results = process.StandardOutput.BaseStream;
    }

    /// <summary>Processor time since it started.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static DecoderProcess Start(DecodeLimits limits)
    {
        var (program, arguments) = Command();
        var start = new ProcessStartInfo(program, [.. arguments, .. limits.ToArguments()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment.Clear();
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit(limits).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return new DecoderProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    /// <summary>Runs something small, so that the first message does not pay for compilation.</summary>
    /// <returns>False if the program does not run at all.</returns>
    public bool TryWarmUp()
    {
        // On a busy machine compilation alone can use up the time of a run, more than once.
        for (var i = 0; i < MaxWarmUps; i++)
        {
            switch (Run(WarmUp))
            {
                case null:
                    return false;
                case { Succeeded: true }:
                    return true;
            }
        }

        return true;
    }

    /// <summary>Null if the process ended before it answered.</summary>
    public DecodeResult? Run(DecodeRequest request)
    {
        try
        {
            Frames.Write(_requests, request);
            return Frames.ReadResult(_results);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Whoever waits in <see cref="Run"/> gets null.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    /// <summary>What the heap may hold: what one run may allocate, what the largest single step adds to it, and the prepared scripts.</summary>
    private static long HeapLimit(DecodeLimits limits) => (128L << 20) + (2L * limits.Memory) + (32L * limits.Cache);

    private static (string Program, string[] Arguments) Command()
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "OS2iot.Decoder.dll");
        var muxer = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return File.Exists(muxer)
            ? (muxer, ["exec", assembly])
            : (Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null), []);
    }
}
