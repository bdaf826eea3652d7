using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OS2iot.Tests.Fakes;

/// <summary>A PostgreSQL server in a temporary folder, on a free port of loopback.</summary>
internal sealed class PostgreSqlCluster : IAsyncDisposable
{
    /// <summary>
    /// Ends the server and removes its folder as soon as its own standard input closes: that happens when the test process ends in any way.
    /// Each line before that starts the server anew, once the one before has ended.
    /// </summary>
    private const string Keeper =
        """
        "$@" & server=$!
        while read -r again; do
            wait $server
            "$@" & server=$!
        done
        kill -INT $server 2>/dev/null
        wait $server
        rm -rf "$FOLDER"
        """;

    private readonly Process _keeper;
    private readonly string _data;

    private PostgreSqlCluster(Process keeper, string data, string connectionString) =>
        (_keeper, _data, ConnectionString) = (keeper, data, connectionString);

    public string ConnectionString { get; }

    /// <summary>The server's own process.</summary>
    public int ProcessId { get; private set; }

    /// <param name="durable">Whether a commit waits for the disk. Tests of behaviour needn't.</param>
    /// <param name="settings">Further settings of the server, such as <c>work_mem=8MB</c>.</param>
    public static async Task<PostgreSqlCluster> StartAsync(bool durable = false, params string[] settings)
    {
        var binaries = FindBinaries();
        var folder = Directory.CreateTempSubdirectory("os2iot-tests-").FullName;
        var data = Path.Combine(folder, "data");
        string[] prefix = Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
        if (prefix.Length > 0)
        {
            await RunAsync("chown", "postgres", folder);
        }

        await RunAsync([.. prefix, Path.Combine(binaries, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);

        var port = FreePort();
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, WorkingDirectory = "/", Environment = { ["FOLDER"] = folder } };
        string[] arguments =
        [
            "sh", "-c", Keeper, "sh", .. prefix, Path.Combine(binaries, "postgres"), "-D", data, "-p", $"{port}", "-h", "127.0.0.1", "-k", "",
            "-c", durable ? "fsync=on" : "fsync=off", "-c", "max_connections=300", "-c", "log_min_messages=fatal", "-c", "logging_collector=on",
            .. settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var cluster = new PostgreSqlCluster(Process.Start(start)!, data, $"Host=127.0.0.1;Port={port};Database=postgres;Username=postgres");
        await cluster.WaitUntilReadyAsync();
        return cluster;
    }

    /// <summary>Ends the server and everything it started as a crash does (SIGKILL). Until <see cref="RestartAsync"/> nobody answers.</summary>
    public async Task CrashAsync()
    {
        List<int> processes = [ProcessId, .. ChildrenOf(ProcessId)];
        foreach (var pid in processes)
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill();
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                // Ended by itself, as its parent did.
            }
        }

        // They share memory that the next server wants for itself.
        while (processes.Exists(IsRunning))
        {
            await Task.Delay(10);
        }
    }

    /// <summary>Starts the server that crashed, and waits until it has recovered.</summary>
    public async Task RestartAsync()
    {
        await _keeper.StandardInput.WriteLineAsync();
        await _keeper.StandardInput.FlushAsync();
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    private static List<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && StatusOf(pid) is [_, var above, ..] && above == parent.ToString(CultureInfo.InvariantCulture)),
    ];

    private static bool IsRunning(int pid) => StatusOf(pid) is not (null or ["Z", ..]);

    // After the name in parentheses, which may hold anything: state, parent, …
    private static string[]? StatusOf(int pid)
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

    private static string FindBinaries()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var folders = debian.OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0)
            .Select(d => Path.Combine(d, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.FirstOrDefault(f => File.Exists(Path.Combine(f, "initdb")))
            ?? throw new InvalidOperationException("No PostgreSQL here. Install it (Debian: apt install postgresql) or set OS2IOT_TEST_POSTGRES.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {await output}{errors}");
        }
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync();
                var lines = await File.ReadAllLinesAsync(Path.Combine(_data, "postmaster.pid"));
                ProcessId = int.Parse(lines[0], CultureInfo.InvariantCulture);
                return;
            }
            catch (NpgsqlException) when (attempt < 600 && !_keeper.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }
}
