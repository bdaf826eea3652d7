using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Messaging;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;
using OS2iot.Ingest.GenericHttp;
using OS2iot.Simulator.Sigfox;
using OS2iot.Tests.Api;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Duplicates;
using OS2iot.Workers.LiveView;
using OS2iot.Workers.Sigfox;
using OS2iot.Workers.Storing;
using OS2iot.Workers.Sync;

namespace OS2iot.Tests.Sigfox;

/// <summary>
/// Sigfox as the simulator plays it, Ingest behind a port of its own, which may be down, and Workers: all on one database and its log.
/// </summary>
internal sealed class SigfoxScene : IAsyncDisposable
{
    private readonly List<IHost> _workers = [];
    private readonly bool _ownsSigfoxAndDatabase;
    private IngestOnPort? _ingest;

    private SigfoxScene(TestDatabase database, FakeSigfox sigfox, bool owns) =>
        (Database, Sigfox, _ownsSigfoxAndDatabase, IngestPort) = (database, sigfox, owns, FreePort());

    public TestDatabase Database { get; }

    public FakeSigfox Sigfox { get; }

    public int IngestPort { get; }

    public LogLines Lines { get; } = new();

    public Uri PublicUrl => new($"http://127.0.0.1:{IngestPort}/");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SigfoxScene> StartAsync(PostgreSql postgres) =>
        new(await postgres.CreateDatabaseAsync(), await FakeSigfox.StartAsync(), owns: true);

    /// <summary>Beside an Api.</summary>
    public static SigfoxScene Of(ApiHost api) => new(api.Database, api.Sigfox, owns: false);

    /// <summary>A user of Sigfox, its group here, and all its devices in an application.</summary>
    public async Task<(SigfoxUser User, List<SigfoxDevice> Devices)> AGroupAsync(IServiceProvider services, string username, int devices = 2)
    {
        var user = Sigfox.Cloud.AddUser(username, FakeSigfox.Password, devices);
        var organization = new Organization { Name = username };
        var group = new SigfoxGroup
        {
            Username = username,
            PasswordCiphertext = services.GetRequiredService<SecretProtector>().Protect(FakeSigfox.Password),
            SigfoxGroupId = (string)user.Group["id"]!,
            Organization = organization,
        };
        var application = new Application { Name = username, Organization = organization };
        var connected = user.Devices.Keys.Select(id => new SigfoxDevice
        {
            Name = (string)user.Devices[id]["name"]!,
            SigfoxId = id,
            SigfoxDeviceTypeId = user.DeviceTypes.Keys.First(),
            SigfoxGroup = group,
            Application = application,
        }).ToList();
        await using var db = Database.CreateContext();
        db.Devices.AddRange(connected);
        db.SigfoxGroups.Add(group);
        await db.SaveChangesAsync(Ct);
        return (user, connected);
    }

    /// <summary>Workers without what starts by itself, for tests that run one job.</summary>
    public IHost BuildWorkers(TimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:os2iot"] = Database.ConnectionString,
            ["Secrets:MasterKey"] = ApiHost.MasterKey,
            ["Sigfox:BaseAddress"] = Sigfox.Address.ToString(),
            ["Sigfox:Burst"] = "10000",
            ["Ingest:PublicUrl"] = PublicUrl.ToString(),
            ["Sync:Lease"] = "00:00:02",
            ["Sync:PollInterval"] = "00:00:00.200",
            ["Sync:LongestBackOff"] = "00:00:01",
            ["SigfoxWork:JobInterval"] = "00:00:00.200",
            ["SigfoxWork:FirstLook"] = "00:00:00.050",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        builder.Logging.AddProvider(Lines);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddMessaging();
        builder.AddLiveView();
        builder.AddDuplicates();
        builder.AddStoring();
        builder.AddSync();
        builder.AddSigfoxWork();
        var host = builder.Build();
        _workers.Add(host);
        return host;
    }

    public async Task<IHost> StartWorkersAsync(params (string Key, string Value)[] settings)
    {
        var host = BuildWorkers(clock: null, settings);
        await host.StartAsync(Ct);
        return host;
    }

    /// <summary>Ingest answers at the public address from now on.</summary>
    /// <param name="late">Its clock is so late.</param>
    public void StartIngest(TimeSpan late = default)
    {
        _ingest = new IngestOnPort(Database.ConnectionString, Lines, late);
        _ingest.UseKestrel(IngestPort);
        _ingest.StartServer();
    }

    public async Task StopIngestAsync()
    {
        await _ingest!.DisposeAsync();
        _ingest = null;
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<Task<string>>? otherwise = null)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await condition())
        {
            if (timeout.IsCancellationRequested)
            {
                Assert.Fail(otherwise is null ? "It did not come true in time." : await otherwise());
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Reads by a context of its own.</summary>
    public async Task<T> ReadAsync<T>(Func<AppDbContext, Task<T>> read)
    {
        await using var db = Database.CreateContext();
        return await read(db);
    }

    public async Task<List<(int DeviceId, long FCnt, bool IsRecovered)>> StoredAsync() => await ReadAsync(async db =>
        (await db.ReceivedMessages.OrderBy(m => m.ReceivedAt).Select(m => new { m.DeviceId, m.FCnt, m.IsRecovered }).ToListAsync(Ct))
            .ConvertAll(m => (m.DeviceId, m.FCnt!.Value, m.IsRecovered)));

    public async ValueTask DisposeAsync()
    {
        if (_ingest is not null)
        {
            await _ingest.DisposeAsync();
        }

        foreach (var host in _workers)
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }

        if (_ownsSigfoxAndDatabase)
        {
            await Sigfox.DisposeAsync();
            await Database.DisposeAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class LateClock(TimeSpan late) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - late;
    }

    private sealed class IngestOnPort(string connectionString, LogLines lines, TimeSpan late) : WebApplicationFactory<ReceiveData>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("ConnectionStrings:os2iot", connectionString);
            builder.UseSetting("Secrets:MasterKey", ApiHost.MasterKey);
            builder.UseSetting("Limits:DeviceBurst", "1000");
            builder.ConfigureLogging(logging => logging.AddProvider(lines));
            builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(new LateClock(late)));
        }
    }
}
