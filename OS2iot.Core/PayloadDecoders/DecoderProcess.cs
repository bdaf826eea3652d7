using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// A process that runs scripts, one after the other. It knows none of our secrets: its environment is empty. The engine's limits end
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

    private const int MaxKnown = 10_000;

    private readonly Process _process;
    private readonly FrameWriter _requests;
    private readonly FrameReader _results;

    /// <summary>Scripts that it was sent.</summary>
    private readonly HashSet<(int Id, int Version)> _known = [];

    private DecoderProcess(Process process)
    {
        _process = process;
        _requests = new FrameWriter(process.StandardInput.BaseStream);
        _results = new FrameReader(process.StandardOutput.BaseStream);
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
            switch (TrySend([WarmUp]) ? Read() : null)
            {
                case null:
                    return false;
                case { Succeeded: true }:
                    return true;
            }
        }

        return true;
    }

    /// <summary>
    /// Hands over requests, whose results are to be read in their order. Together they must fit into the pipe, or be only one: the
    /// process may be writing results while we write requests.
    /// </summary>
    /// <returns>False if the process has ended.</returns>
    public bool TrySend(IEnumerable<DecodeRequest> requests)
    {
        try
        {
            foreach (var request in requests)
            {
                _requests.Add(request, withCode: request.ScriptId is not { } id || IsNew(id, request.ScriptVersion));
            }

            _requests.Flush();
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Null if the process ended before it answered.</summary>
    public DecodeResult? Read()
    {
        try
        {
            return _results.ReadResult();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>The next request with it carries the script again.</summary>
    public void Forget(DecoderScript script)
    {
        if (script.Id is { } id)
        {
            _known.Remove((id, script.Version));
        }
    }

    /// <summary>Whoever waits in <see cref="Read"/> gets null.</summary>
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

    private bool IsNew(int id, int version)
    {
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        return _known.Add((id, version));
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
