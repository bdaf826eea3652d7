using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;
using OS2iot.Tests.Api;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.MqttDevices;
using OS2iot.Workers.Sync;

namespace OS2iot.Tests.MqttDevices;

/// <summary>The real Api, the part of Workers that leads our broker, and that broker. Devices are mosquitto_pub and mosquitto_sub.</summary>
public sealed class BrokerScene(PostgreSql postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("os2iot-devices-").FullName;
    private readonly OurBroker _broker = new();
    private readonly LogLines _log = new();
    private IHost? _workers;

    public ApiHost Api { get; } = new(postgres);

    internal OurBroker Broker => _broker;

    internal IReadOnlyCollection<string> Log => _log.All;

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string>? what = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            while (!await condition())
            {
                await Task.Delay(50, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail("It did not come about. " + what?.Invoke());
        }
    }

    public async ValueTask InitializeAsync()
    {
        await Api.InitializeAsync();
        _broker.Start();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:os2iot"] = Api.Database.ConnectionString,
            ["ConnectionStrings:mosquitto"] = _broker.WorkersAddress,
            ["Secrets:MasterKey"] = ApiHost.MasterKey,
            ["Sync:Lease"] = "00:00:04",
            ["Sync:LongestBackOff"] = "00:00:01",
        });
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddMosquitto();
        builder.AddSync();
        _workers = builder.Build();
        await _workers.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_workers is not null)
        {
            await _workers.StopAsync(CancellationToken.None);
            _workers.Dispose();
        }

        await _broker.DisposeAsync();
        await Api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>An application with somebody who may change it.</summary>
    internal async Task<(int Organization, int Application, ApiClient Admin)> AnApplicationAsync()
    {
        var organization = await Api.AnOrganization();
        var application = await Api.AnApplication(organization);
        return (organization, application, await Api.SignedInAsApplicationAdminOf(organization, application));
    }

    internal async Task<BrokerDevice> ADeviceWithPasswordAsync(ApiClient admin, int application, string? username = null, string password = "kodeord-1")
    {
        username ??= $"måler {Guid.NewGuid():N}";
        var created = await admin.Post("iot-device", new
        {
            name = "meter",
            type = "MQTT_INTERNAL_BROKER",
            applicationId = application,
            mqttInternalBrokerSettings = new { authenticationType = "PASSWORD", mqttusername = username, mqttpassword = password },
        });
        return await DeviceAsync(admin, created.Id());
    }

    internal async Task<BrokerDevice> ADeviceWithCertificateAsync(ApiClient admin, int application, string name = "meter")
    {
        var created = await admin.Post("iot-device", new
        {
            name,
            type = "MQTT_INTERNAL_BROKER",
            applicationId = application,
            mqttInternalBrokerSettings = new { authenticationType = "CERTIFICATE" },
        });
        return await DeviceAsync(admin, created.Id());
    }

    /// <summary>With what the Api tells of it now.</summary>
    internal async Task<BrokerDevice> DeviceAsync(ApiClient admin, int id)
    {
        var settings = (await admin.Get($"iot-device/{id}")).Is(HttpStatusCode.OK)["mqttInternalBrokerSettings"];
        var topic = settings.GetProperty("mqtttopicname").GetString()!;
        var authorities = await FileAsync(settings.GetProperty("caCertificate").GetString()!);
        if (settings.GetProperty("authenticationType").GetString() == "PASSWORD")
        {
            return new BrokerDevice(id, topic, _broker.PasswordPort, ["--cafile", authorities])
            {
                Username = settings.GetProperty("mqttusername").GetString()!,
                Password = settings.GetProperty("mqttpassword").GetString()!,
            };
        }

        return WithCertificate(
            id, topic, authorities, await FileAsync(settings.GetProperty("deviceCertificate").GetString()!),
            await FileAsync(settings.GetProperty("deviceCertificateKey").GetString()!));
    }

    internal BrokerDevice WithCertificate(int id, string topic, string authorities, string certificate, string key) =>
        new(id, topic, _broker.CertificatePort, ["--cafile", authorities, "--cert", certificate, "--key", key]);

    /// <summary>Text in a file of its own.</summary>
    internal async Task<string> FileAsync(string text)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    /// <summary>Waits until the broker lets the device in and takes its message.</summary>
    internal Task IsInEffectAsync(BrokerDevice device) => UntilAsync(
        async () => await device.PublishAsync(device.Topic) == BrokerAnswer.Taken,
        () => $"{device.LastOutput}\n{_broker.Log}\n{string.Join('\n', _log.All.Where(l => !l.StartsWith("Debug", StringComparison.Ordinal)).TakeLast(20))}");

    internal static Task IsTurnedAwayAsync(BrokerDevice device) => UntilAsync(
        async () => await device.PublishAsync(device.Topic) == BrokerAnswer.TurnedAway, () => device.LastOutput);
}

internal enum BrokerAnswer
{
    Taken,

    /// <summary>Connected, but it may not do this.</summary>
    Denied,

    /// <summary>Not even connected.</summary>
    TurnedAway,
}

/// <summary>A device in the field, played by Mosquitto's own programs.</summary>
internal sealed record BrokerDevice(int Id, string Topic, int Port, IReadOnlyList<string> Tls)
{
    public string? Username { get; init; }

    public string? Password { get; init; }

    public string Downlink => Topic + "/downlink";

    public string LastOutput { get; private set; } = "";

    public async Task<BrokerAnswer> PublishAsync(string topic, string message = "{}", params string[] more)
    {
        var (code, output) = await RunAsync("mosquitto_pub", ["-V", "5", "-q", "1", "-t", topic, "-m", message, .. more]);
        return code != 0 ? BrokerAnswer.TurnedAway : output.Contains("Not authorized", StringComparison.Ordinal) ? BrokerAnswer.Denied : BrokerAnswer.Taken;
    }

    /// <summary>Each line of a file is a message.</summary>
    public async Task<BrokerAnswer> PublishLinesAsync(string file)
    {
        var shell = Begin("sh", []);
        shell.ArgumentList.Clear();
        foreach (var argument in (string[])["-c", "file=$1; shift; exec \"$@\" < \"$file\"", "sh", file, "mosquitto_pub", .. Account(), "-q", "1", "-t", Topic, "-l"])
        {
            shell.ArgumentList.Add(argument);
        }

        using var process = Process.Start(shell)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? BrokerAnswer.Taken : BrokerAnswer.TurnedAway;
    }

    public async Task<BrokerAnswer> SubscribeAsync(string topic)
    {
        var (_, output) = await RunAsync("mosquitto_sub", ["-V", "5", "-d", "-q", "1", "-t", topic, "-E"]);
        return output.Contains("Subscribed (mid: 1): 1\n", StringComparison.Ordinal) || output.Contains("Subscribed (mid: 1): 0\n", StringComparison.Ordinal)
            ? BrokerAnswer.Taken
            : output.Contains("Subscribed (mid: 1): 1", StringComparison.Ordinal) || output.Contains("denied", StringComparison.OrdinalIgnoreCase)
                ? BrokerAnswer.Denied
                : BrokerAnswer.TurnedAway;
    }

    /// <summary>Subscribes to its downlink topic by a session that stays, and reads so many messages.</summary>
    public async Task<string> ReceiveAsync(int count, TimeSpan patience) => (await RunAsync(
        "mosquitto_sub", ["-V", "311", "-c", "-i", "any", "-q", "1", "-t", Downlink, "-C", $"{count}", "-W", $"{(int)patience.TotalSeconds}", "-F", "%x"])).Output.Trim();

    /// <summary>Leaves a session at the broker that stays.</summary>
    public async Task LeaveSessionAsync() =>
        await RunAsync("mosquitto_sub", ["-V", "311", "-c", "-i", "any", "-q", "1", "-t", Downlink, "-E"]);

    /// <summary>A connection that stays, and a task that ends when the broker cuts it.</summary>
    public async Task<(IMqttClient Client, Task Cut)> ConnectAsync(string? clientId = null, bool tls = true)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += _ =>
        {
            cut.TrySetResult();
            return Task.CompletedTask;
        };
        await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer("localhost", Port)
                .WithClientId(clientId ?? Guid.NewGuid().ToString("N"))
                .WithCredentials(Username, Password)
                .WithTlsOptions(t => t.UseTls(tls).WithCertificateValidationHandler(_ => true))
                .Build(),
            TestContext.Current.CancellationToken);
        return (client, cut.Task);
    }

    private async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(Begin(program, arguments))!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        LastOutput = output + await errors;
        return (process.ExitCode, LastOutput);
    }

    private string[] Account() => ["-h", "localhost", "-p", $"{Port}", .. Tls, .. Username is null ? Array.Empty<string>() : ["-u", Username, "-P", Password!]];

    private ProcessStartInfo Begin(string program, string[] arguments)
    {
        return new ProcessStartInfo(program, [.. Account(), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
    }
}
