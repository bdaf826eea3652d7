using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Tests.Fakes;

[assembly: AssemblyFixture(typeof(PostgreSql))]

namespace OS2iot.Tests.Fakes;

/// <summary>
/// A real PostgreSQL for the whole test run: a private cluster that starts with the first database somebody asks for and ends with
/// the process, however that ends. OS2IOT_TEST_POSTGRES (a connection string of a user who may create databases) names one to use instead.
/// Test classes take it in their constructor and ask for a database of their own.
/// </summary>
public sealed class PostgreSql : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _template = $"os2iot_template_{Guid.NewGuid():N}";
    private PostgreSqlCluster? _cluster;
    private string? _server;
    private bool _hasTemplate;

    /// <summary>A fresh database with all migrations applied.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        var server = await ServerAsync();
        await _gate.WaitAsync();
        try
        {
            if (!_hasTemplate)
            {
                await ExecuteAsync(server, $"CREATE DATABASE {_template}");
                await MigrateAsync(new NpgsqlConnectionStringBuilder(server) { Database = _template, Pooling = false }.ConnectionString);
                _hasTemplate = true;
            }

            // Inside the gate: a template can be copied by one at a time.
            return await CreateAsync(server, $"TEMPLATE {_template}");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A fresh database with nothing in it.</summary>
    public async Task<TestDatabase> CreateEmptyDatabaseAsync() => await CreateAsync(await ServerAsync(), "TEMPLATE template0");

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
        else if (_hasTemplate)
        {
            await ExecuteAsync(_server!, $"DROP DATABASE {_template} WITH (FORCE)");
        }

        _gate.Dispose();
    }

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<TestDatabase> CreateAsync(string server, string options)
    {
        var name = $"os2iot_test_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name} {options}");
        return new TestDatabase(server, name);
    }

    private static async Task MigrateAsync(string connectionString)
    {
        var options = new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(connectionString).UseSnakeCaseNamingConvention().Options;
        await using var db = new AppDbContext(options, TimeProvider.System);
        await db.Database.MigrateAsync();
    }

    private async Task<string> ServerAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_server is null)
            {
                _server = Environment.GetEnvironmentVariable("OS2IOT_TEST_POSTGRES");
                if (string.IsNullOrWhiteSpace(_server))
                {
                    _cluster = await PostgreSqlCluster.StartAsync();
                    _server = _cluster.ConnectionString;
                }
            }

            return _server;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>One database, dropped at its end with whoever is still connected to it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;

    internal TestDatabase(string server, string name)
    {
        (_server, _name) = (server, name);
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 30, Timeout = 5 }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>A context on this database; the caller disposes it.</summary>
    public AppDbContext CreateContext() => new(
        new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(DataSource).UseSnakeCaseNamingConvention().Options, TimeProvider.System);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Ends every connection to this database but the caller's, as a restart of the server would.</summary>
    public Task DisconnectAllAsync() => PostgreSql.ExecuteAsync(
        _server, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name}'");

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await PostgreSql.ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }
}

/// <summary>A PostgreSQL server in a temporary folder, on a free port of loopback.</summary>
internal sealed class PostgreSqlCluster : IAsyncDisposable
{
    /// <summary>
    /// Ends the server and removes its folder as soon as its own standard input closes: that happens when the test process ends in any way.
    /// </summary>
    private const string Keeper =
        """
        "$@" & server=$!
        cat > /dev/null
        kill -INT $server 2>/dev/null
        wait $server
        rm -rf "$FOLDER"
        """;

    private readonly Process _keeper;

    private PostgreSqlCluster(Process keeper, string connectionString) => (_keeper, ConnectionString) = (keeper, connectionString);

    public string ConnectionString { get; }

    public static async Task<PostgreSqlCluster> StartAsync()
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
            "-c", "fsync=off", "-c", "max_connections=300", "-c", "log_min_messages=fatal", "-c", "logging_collector=on",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var cluster = new PostgreSqlCluster(Process.Start(start)!, $"Host=127.0.0.1;Port={port};Database=postgres;Username=postgres");
        await cluster.WaitUntilReadyAsync();
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
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
                await PostgreSql.ExecuteAsync(ConnectionString, "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (attempt < 150 && !_keeper.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }
}
