using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Core.Applications;
using OS2iot.Core.Messaging;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;
using OS2iot.Ingest.GenericHttp;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.MqttDevices;

/// <summary>Ingest on a real database, listening to real brokers.</summary>
internal sealed class MqttIngestHost(TestDatabase database, int? ownBroker = null, MemoryLog? log = null) : WebApplicationFactory<ReceiveData>
{
    private const string MasterKey = "a master key for tests, long enough for anything";

    public LogLines Lines { get; } = new();

    /// <summary>Settings of the host beside those that all tests need.</summary>
    public Dictionary<string, string> Settings { get; } = new() { ["Egress:AllowedHosts:0"] = "127.0.0.1", ["Egress:AllowedHosts:1"] = "localhost" };

    /// <summary>Where the host finds its database; the test's own way there is another.</summary>
    public string? ConnectionString { get; init; }

    public MqttIngestHost Begin()
    {
        _ = Services;
        return this;
    }

    /// <summary>A device at our broker, and its topic.</summary>
    public static async Task<(int Id, string Topic)> ADeviceAsync(TestDatabase database)
    {
        await using var db = database.CreateContext();
        var name = Guid.NewGuid().ToString("N");
        var device = new MqttInternalBrokerDevice
        {
            Name = name,
            Username = name,
            Application = new Application { Name = name, Organization = new Organization { Name = name } },
        };
        db.Devices.Add(device);
        await db.SaveChangesAsync();
        return (device.Id, MqttTopic.Of(device.Application.OrganizationId, device.ApplicationId, device.Id));
    }

    /// <summary>A subscription at somebody else's broker.</summary>
    public async Task<int> ASubscriptionAsync(string url, int port, string topic, Action<MqttExternalBrokerDevice>? more = null, string? password = null)
    {
        await using var scope = Services.CreateAsyncScope();
        await using var db = database.CreateContext();
        var name = Guid.NewGuid().ToString("N");
        var device = new MqttExternalBrokerDevice
        {
            Name = name,
            Url = url,
            Port = port,
            TopicName = topic,
            PasswordCiphertext = password is null ? null : Services.GetRequiredService<SecretProtector>().Protect(password),
            Application = new Application { Name = name, Organization = new Organization { Name = name } },
        };
        more?.Invoke(device);
        db.Devices.Add(device);
        await db.SaveChangesAsync();
        return device.Id;
    }

    public async Task<MqttExternalBrokerDevice> ReadAsync(int id)
    {
        await using var db = database.CreateContext();
        return (MqttExternalBrokerDevice)(await db.Devices.FindAsync(id))!;
    }

    public async Task<MqttExternalBrokerDevice> BecomesAsync(int id, Func<MqttExternalBrokerDevice, bool> condition)
    {
        MqttExternalBrokerDevice? device = null;
        await Until.TrueAsync(async () => condition(device = await ReadAsync(id)), () => $"{device?.ConnectionState} {device?.InvalidMqttConfig} {device?.ConnectionError}");
        return device!;
    }

    public Task ConnectedAsync(int id) => BecomesAsync(id, d => d.ConnectionState == MqttConnectionState.Connected);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:os2iot", ConnectionString ?? database.ConnectionString);
        builder.UseSetting("Secrets:MasterKey", MasterKey);
        builder.UseSetting("ConnectionStrings:mosquitto", ownBroker is { } port ? $"mqtt://127.0.0.1:{port}" : "");
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureLogging(logging => logging.AddProvider(Lines));
        if (log is not null)
        {
            builder.ConfigureTestServices(services => services.AddSingleton<IMessageLog>(log));
        }
    }
}

internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static Task TrueAsync(Func<bool> condition, Func<string>? what = null) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string>? what = null)
    {
        for (var end = DateTimeOffset.UtcNow + Patience; !await condition(); await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            Assert.True(DateTimeOffset.UtcNow < end, $"It did not come true within {Patience.TotalSeconds} s. {what?.Invoke()}");
        }
    }

    public static string[] Payloads(this MemoryLog log) => [.. log.Appended(LogTopic.Uplinks).Select(r => Encoding.UTF8.GetString(r.Value.Span))];
}
