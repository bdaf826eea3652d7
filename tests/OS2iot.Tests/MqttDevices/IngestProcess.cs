using System.Diagnostics;
using OS2iot.Ingest.GenericHttp;

namespace OS2iot.Tests.MqttDevices;

/// <summary>Ingest as a process of its own, which can be killed and measured.</summary>
internal sealed class IngestProcess : IDisposable
{
    private readonly Process _process;

    public IngestProcess(string connectionString, string broker = "", params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ReceiveData).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ConnectionStrings__os2iot"] = connectionString,
                ["ConnectionStrings__mosquitto"] = broker,
                ["Secrets__MasterKey"] = "a master key for tests, long enough for anything",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            },
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The most memory that it had at any time, as the system counts it.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
