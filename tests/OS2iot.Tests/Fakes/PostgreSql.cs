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
        command.CommandTimeout = 300; // seeding on a busy machine
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
