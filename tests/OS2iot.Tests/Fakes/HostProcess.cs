using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace OS2iot.Tests.Fakes;

/// <summary>One program of the system, started for the time of a measurement or a test.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const int LinesKept = 200;

    /// <summary>Looks, not time: a machine that is too busy to start a host is too busy to look, too.</summary>
    private const int MaxLooks = 600;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private HostProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>The last lines it wrote.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    /// <summary>Starts a host and waits until it is ready.</summary>
    public static async Task<HostProcess> StartAsync(string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var host = Launch(assembly, FreePort(), environment, arguments);
        await host.WaitUntilReadyAsync();
        return host;
    }

    /// <summary>Starts a host on a port of one's choice, without waiting for it.</summary>
    public static HostProcess Launch(string assembly, int port, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(assembly) };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument.Replace("{port}", $"{port}", StringComparison.Ordinal));
        }

        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new HostProcess(Process.Start(start)!, port);
    }

    /// <summary>The built assembly of one of our hosts, in this program's configuration.</summary>
    public static string AssemblyOf(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine(Root(), project, "bin", configuration, "net10.0", project + ".dll");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var look = 0; ; look++)
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync();
                throw new InvalidOperationException($"A host ended at its start: {Output}");
            }

            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{Port}/health"));
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && look < MaxLooks)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Ends it as a crash does (SIGKILL), without a word to what it started.</summary>
    public void Kill() => _process.Kill();

    public Task WaitForEndAsync(CancellationToken ct) => _process.WaitForExitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(thisFile, "../../../.."));

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is { } text)
        {
            _lines.Enqueue(text);
            if (_lines.Count > LinesKept)
            {
                _lines.TryDequeue(out _);
            }
        }
    }
}
