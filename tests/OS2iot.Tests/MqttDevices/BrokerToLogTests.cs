using System.Diagnostics;
using System.Net;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Portal.Pages.Devices;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.MqttDevices;

/// <summary>The whole way of a device's message: its account, our broker with its rules, Ingest with its own account, the log.</summary>
public sealed class BrokerToLogTests(BrokerScene scene) : IClassFixture<BrokerScene>
{
    private const int Flood = 5_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Message_OfADevice_ComesIntoTheLogByTheRulesOfOurBroker(int sessions)
    {
        var log = new MemoryLog();
        var (organization, application, admin) = await scene.AnApplicationAsync();
        var byPassword = await scene.ADeviceWithPasswordAsync(admin, application);
        var byCertificate = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(byPassword);
        await scene.IsInEffectAsync(byCertificate);
        await using var ingest = Ingest(log, sessions);

        await IsHeardAsync(log, byPassword);
        await IsHeardAsync(log, byCertificate);
        Assert.Equal(
            BrokerAnswer.Taken, await byPassword.PublishAsync(byPassword.Topic.Replace("device/", "devices/", StringComparison.Ordinal), """{"former":1}"""));
        await Until.TrueAsync(() => log.Payloads().Contains("""{"former":1}"""));

        var uplinks = log.Appended(LogTopic.Uplinks).Select(UplinkReceived.From).Where(u => u.OrganizationId == organization).ToList();
        Assert.Equal(new[] { byPassword.Id, byCertificate.Id }.Order(), uplinks.Select(u => u.DeviceId).Distinct().Order());
        Assert.All(uplinks, u => Assert.Equal(application, u.ApplicationId));
    }

    [Fact]
    public async Task Messages_WhileAnotherDeviceFloods_DoNotWaitForItsEnd()
    {
        var log = new MemoryLog();
        var (_, application, admin) = await scene.AnApplicationAsync();
        var loud = await scene.ADeviceWithPasswordAsync(admin, application);
        var quiet = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(loud);
        await scene.IsInEffectAsync(quiet);
        await using var ingest = Ingest(log, sessions: 1);
        await IsHeardAsync(log, quiet);
        var (client, _) = await quiet.ConnectAsync();

        var file = await scene.FileAsync(string.Join('\n', Enumerable.Range(0, Flood).Select(i => $$"""{"flood":{{i}}}""")) + "\n");
        var flood = loud.PublishLinesAsync(file);
        await Until.TrueAsync(() => log.Payloads().Any(p => p.Contains("flood", StringComparison.Ordinal)));
        await client.PublishStringAsync(
            quiet.Topic, """{"quiet":1}""", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(BrokerAnswer.Taken, await flood);

        await Until.TrueAsync(() => log.Payloads().Count(p => p.Contains("flood", StringComparison.Ordinal)) >= Flood);
        await Until.TrueAsync(() => log.Payloads().Contains("""{"quiet":1}"""));
        var all = log.Payloads();
        Assert.Equal(Enumerable.Range(0, Flood).Select(i => $$"""{"flood":{{i}}}"""), all.Where(p => p.Contains("flood", StringComparison.Ordinal)));
        Assert.True(Array.IndexOf(all, """{"quiet":1}""") < all.Length - 1, "The quiet device waited for the end of the flood.");
        client.Dispose();
    }

    [Fact]
    public async Task Messages_WhenOurBrokerIsKilledUnderLoad_AllArrive()
    {
        var log = new MemoryLog();
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(device);
        await using var ingest = Ingest(log, sessions: 1);
        await IsHeardAsync(log, device);
        await using var publisher = new MqttPublisher(device.Port, options => options
            .WithCredentials(device.Username, device.Password)
            .WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(_ => true)));

        using var end = new CancellationTokenSource();
        var load = publisher.SendManyAsync([device.Topic], end.Token);
        for (var round = 1; round <= 2; round++)
        {
            await AreAcknowledgedAsync(publisher, 500);
            scene.Broker.Kill();
        }

        await AreAcknowledgedAsync(publisher, 500);
        await end.CancelAsync();
        await load;

        var promised = publisher.Acknowledged.ToHashSet();
        await Until.TrueAsync(() => promised.IsSubsetOf(log.Payloads()), () => $"{promised.Count} promised, {promised.Except(log.Payloads()).Count()} missing.");
    }

    /// <summary>Mosquitto 2.0 forgets the rules of a session that it read from disk when it reads its files again, and with them what is sent to it.</summary>
    [Fact]
    public async Task Messages_WhenARestartedBrokerIsToldOfARevocationWhileWeAreAway_AllArrive()
    {
        var log = new MemoryLog();
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application);
        var revoked = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(device);
        await scene.IsInEffectAsync(revoked);
        await using (Ingest(log, sessions: 1))
        {
            await IsHeardAsync(log, device);
        }

        scene.Broker.Kill();
        await scene.IsInEffectAsync(device);
        (await admin.Post($"iot-device/{revoked.Id}/certificate/renew", new { overlapDays = 0 })).Is(HttpStatusCode.Created);
        await BrokerScene.IsTurnedAwayAsync(revoked);
        await scene.IsInEffectAsync(device);
        var file = await scene.FileAsync(string.Join('\n', Enumerable.Range(0, 20).Select(i => $$"""{"away":{{i}}}""")) + "\n");
        Assert.Equal(BrokerAnswer.Taken, await device.PublishLinesAsync(file));

        await using var next = Ingest(log, sessions: 1);
        await Until.TrueAsync(() => log.Payloads().Count(p => p.Contains("away", StringComparison.Ordinal)) == 20);
    }

    [Theory]
    [InlineData("PASSWORD")]
    [InlineData("CERTIFICATE")]
    public async Task Line_ThatThePortalShows_Sends(string authentication)
    {
        var log = new MemoryLog();
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = authentication == "PASSWORD"
            ? await scene.ADeviceWithPasswordAsync(admin, application, $"o'måler $HOME {Guid.NewGuid():N}", "kode \"ord' `1`")
            : await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(device);
        await using var ingest = Ingest(log, sessions: 1);
        await IsHeardAsync(log, device);
        var settings = (await admin.Get($"iot-device/{device.Id}")).Is(HttpStatusCode.OK)["mqttInternalBrokerSettings"].Deserialize<MqttSettings>(JsonSerializerOptions.Web)!;

        // The Api of the tests knows no other port than the default.
        var lines = MqttCall.Of(settings with { MqttPort = device.Port })!.Shown;
        var folder = Directory.CreateTempSubdirectory("os2iot-line-").FullName;
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", lines]) { WorkingDirectory = folder, RedirectStandardError = true })!;
        var errors = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);

        Assert.True(shell.ExitCode == 0, errors);
        await Until.TrueAsync(() => log.Payloads().Contains("""{"temperature": 21.5}"""));
    }

    private static Task AreAcknowledgedAsync(MqttPublisher publisher, int more)
    {
        var before = publisher.Acknowledged.Count;
        return Until.TrueAsync(() => publisher.Acknowledged.Count >= before + more);
    }

    private static async Task IsHeardAsync(MemoryLog log, BrokerDevice device)
    {
        // Before a session was there for the first time, the broker has nobody to keep a message for.
        var payload = $$"""{"of":{{device.Id}}}""";
        await Until.TrueAsync(async () => await device.PublishAsync(device.Topic, payload) == BrokerAnswer.Taken && log.Payloads().Contains(payload));
    }

    private MqttIngestHost Ingest(MemoryLog log, int sessions)
    {
        var host = new MqttIngestHost(scene.Api.Database, log: log);
        host.Settings["ConnectionStrings:mosquitto"] = scene.Broker.IngestAddress;
        host.Settings["MqttListener:Sessions"] = $"{sessions}";
        return host.Begin();
    }
}
