using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace OS2iot.Benchmarks;

/// <summary>One program of the system, started for the time of a measurement.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private HostProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        _errors = process.StandardError.ReadToEndAsync();
        process.OutputDataReceived += (_, line) => LastLine = line.Data ?? LastLine;
        process.BeginOutputReadLine();
    }

    public int Port { get; }

    public int Id => _process.Id;

    public string LastLine { get; private set; } = "";

    /// <summary>Starts a host and waits until it is ready.</summary>
    public static async Task<HostProcess> StartAsync(string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var port = FreePort();
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

        var host = new HostProcess(Process.Start(start)!, port);
        await host.WaitUntilReadyAsync();
        return host;
    }

    /// <summary>The built assembly of one of our hosts, in this program's configuration.</summary>
    public static string AssemblyOf(string project)
    {
        var metadata = typeof(HostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(m => m.Key, m => m.Value!);
        return Path.GetFullPath(Path.Combine(metadata["Root"], project, "bin", metadata["Configuration"], "net10.0", project + ".dll"));
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var attempt = 0; ; attempt++)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"A host ended at its start: {LastLine} {await _errors}");
            }

            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{Port}/health"));
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && attempt < 300)
            {
                await Task.Delay(100);
            }
        }
    }
}

/// <summary>CPU time and memory of processes and all below them, as the kernel counts them.</summary>
internal sealed class Meter(params int[] roots)
{
    // The kernel's unit in /proc, the same on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    private double _before;

    public void Start() => _before = Seconds();

    /// <summary>Microseconds since <see cref="Start"/>.</summary>
    public double Microseconds() => (Seconds() - _before) * 1e6;

    /// <summary>Bytes: the most that each process held at a time, added up.</summary>
    public long PeakMemory() => Tree().Sum(pid => Status(pid, "VmHWM:"));

    public long Memory() => Tree().Sum(pid => Status(pid, "VmRSS:"));

    private static long Status(int pid, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private double Seconds() => Tree().Sum(pid => Fields(pid) is { } f
        ? (long.Parse(f[11], CultureInfo.InvariantCulture) + long.Parse(f[12], CultureInfo.InvariantCulture)
            + long.Parse(f[13], CultureInfo.InvariantCulture) + long.Parse(f[14], CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0);

    private List<int> Tree()
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0)
            .Select(pid => (Pid: pid, Parent: Fields(pid) is { } f ? int.Parse(f[1], CultureInfo.InvariantCulture) : 0))
            .ToLookup(p => p.Parent, p => p.Pid);
        var tree = new List<int>(roots);
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents[tree[i]]);
        }

        return tree;
    }

    // After the name in parentheses, which may hold anything: state, parent, …; 11 to 14 are its own and its ended children's times.
    private static string[]? Fields(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
