using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;

namespace OS2iot.Tests.MqttDevices;

/// <summary>What devices may and may not at our broker, each tried with Mosquitto's own programs.</summary>
public sealed class BrokerTests(BrokerScene scene) : IClassFixture<BrokerScene>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Device_WithAPassword_PublishesToItsTopicAndNothingElse()
    {
        var (organization, application, admin) = await scene.AnApplicationAsync();
        var (device, other) = (await scene.ADeviceWithPasswordAsync(admin, application), await scene.ADeviceWithPasswordAsync(admin, application));
        await scene.IsInEffectAsync(device);
        await scene.IsInEffectAsync(other);

        Assert.Equal(BrokerAnswer.Taken, await device.PublishAsync($"devices/{organization}/{application}/{device.Id}"));
        string[] closed =
        [
            other.Topic, other.Downlink, device.Downlink, $"device/{organization}/{application}/{device.Id}/x", $"device/{organization}/{application}",
            "$CONTROL/dynamic-security/v1", "os2iot/broker/trust", "os2iot/broker/accounts/end", $"application/{application}/device/0011223344556677/event/up", "x",
        ];
        foreach (var topic in closed)
        {
            Assert.Equal((topic, BrokerAnswer.Denied), (topic, await device.PublishAsync(topic)));
        }

        Assert.Equal(BrokerAnswer.Taken, await device.SubscribeAsync(device.Downlink));
        string[] deaf =
        [
            "#", "+/#", device.Topic, other.Topic, other.Downlink, $"device/{organization}/{application}/+", "$share/any/" + device.Downlink,
            "device/+/+/+/downlink", "$SYS/#", "$CONTROL/dynamic-security/v1/response", "os2iot/broker/#", "gateway/#",
        ];
        foreach (var topic in deaf)
        {
            Assert.Equal((topic, BrokerAnswer.Denied), (topic, await device.SubscribeAsync(topic)));
        }
    }

    [Fact]
    public async Task Device_WithAnothersOrAWrongCredential_IsTurnedAway()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application, password: "kodeord-1");
        var other = await scene.ADeviceWithPasswordAsync(admin, application, password: "kodeord-2");
        var byCertificate = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(device);
        await scene.IsInEffectAsync(byCertificate);

        BrokerDevice[] wrong =
        [
            device with { Password = "wrong" },
            device with { Password = "" },
            device with { Username = other.Username },
            device with { Username = "nobody" },
            device with { Username = null },
            device with { Username = $"{byCertificate.Id}", Password = "" }, // has no password to know
            device with { Username = $"{byCertificate.Id}", Password = "certificate" },
            device with { Port = scene.Broker.CertificatePort }, // no certificate
            device with { Tls = [] }, // no TLS
            byCertificate with { Port = scene.Broker.PasswordPort }, // no password
        ];
        foreach (var one in wrong)
        {
            Assert.Equal((one.Username, BrokerAnswer.TurnedAway), (one.Username, await one.PublishAsync(one.Topic)));
        }
    }

    [Fact]
    public async Task Device_WithACertificate_PublishesToItsTopicAndNothingElse()
    {
        var (organization, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithCertificateAsync(admin, application);
        var other = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(device);
        await scene.IsInEffectAsync(other);

        Assert.Equal(BrokerAnswer.Denied, await device.PublishAsync(other.Topic));
        Assert.Equal(BrokerAnswer.Denied, await device.PublishAsync("$CONTROL/dynamic-security/v1"));
        Assert.Equal(BrokerAnswer.Denied, await device.SubscribeAsync("#"));
        Assert.Equal(BrokerAnswer.Denied, await device.SubscribeAsync(other.Downlink));
        Assert.Equal(BrokerAnswer.Taken, await device.SubscribeAsync(device.Downlink));

        // A user name beside the certificate counts for nothing.
        Assert.Equal(BrokerAnswer.Denied, await (device with { Username = $"{other.Id}", Password = "x" }).PublishAsync(other.Topic));
        Assert.StartsWith($"device/{organization}/{application}/", device.Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_WithAForeignOrExpiredCertificate_IsTurnedAway()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(device);
        var authorities = device.Tls[1];

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = new CertificateRequest($"CN={device.Id}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        await IsTurnedAwayAsync(foreign.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());

        // By our own authority, but three years ago.
        var services = scene.Api.Services;
        using var past = new DeviceCertificates(
            services.GetRequiredService<IServiceScopeFactory>(), services.GetRequiredService<SecretProtector>(), Options.Create(new MqttOptions()),
            new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddYears(-3)));
        var (expired, expiredKey, _) = await past.IssueAsync(device.Id, Ct);
        await IsTurnedAwayAsync(expired, expiredKey);

        async Task IsTurnedAwayAsync(string certificate, string certificateKey) => Assert.Equal(
            BrokerAnswer.TurnedAway,
            await scene.WithCertificate(device.Id, device.Topic, authorities, await scene.FileAsync(certificate), await scene.FileAsync(certificateKey))
                .PublishAsync(device.Topic));
    }

    [Fact]
    public async Task Device_WhenRemoved_IsCutOffAndItsCertificateRevoked()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var byPassword = await scene.ADeviceWithPasswordAsync(admin, application);
        var byCertificate = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(byPassword);
        await scene.IsInEffectAsync(byCertificate);
        var (client, cut) = await byPassword.ConnectAsync();

        (await admin.Delete($"iot-device/{byPassword.Id}")).Is(HttpStatusCode.OK);
        await cut.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        client.Dispose();
        Assert.Equal(BrokerAnswer.TurnedAway, await byPassword.PublishAsync(byPassword.Topic));

        // With the application go its devices.
        (await admin.Delete($"application/{application}")).Is(HttpStatusCode.OK);
        await BrokerScene.IsTurnedAwayAsync(byCertificate);
    }

    [Fact]
    public async Task Certificate_WhenRenewed_LeavesTheFormerGoodForAsLongAsAsked()
    {
        var (organization, application, admin) = await scene.AnApplicationAsync();
        var first = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(first);

        (await admin.Post($"iot-device/{first.Id}/certificate/renew", new { overlapDays = 30 })).Is(HttpStatusCode.Created);
        var second = await scene.DeviceAsync(admin, first.Id);
        await scene.IsInEffectAsync(second);
        Assert.Equal(BrokerAnswer.Taken, await first.PublishAsync(first.Topic));

        (await admin.Post($"iot-device/{first.Id}/certificate/renew", new { overlapDays = 0 })).Is(HttpStatusCode.Created);
        var third = await scene.DeviceAsync(admin, first.Id);
        await scene.IsInEffectAsync(third);
        await BrokerScene.IsTurnedAwayAsync(second);
        await BrokerScene.IsTurnedAwayAsync(first);
        Assert.Equal(BrokerAnswer.Taken, await third.PublishAsync(third.Topic));

        var reader = await scene.Api.SignedInAsReaderOf(organization, application);
        (await reader.Post($"iot-device/{first.Id}/certificate/renew", new { })).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Certificate_WhenDownloaded_IsWholeAndOnlyForWriters()
    {
        var (organization, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(device);

        var pem = await admin.Post($"iot-device/{device.Id}/certificate/download", new { format = "PEM" });
        var file = await scene.FileAsync(pem.Text);
        Assert.Equal("no-store", pem.Headers.CacheControl!.ToString());
        Assert.Equal(BrokerAnswer.Taken, await scene.WithCertificate(device.Id, device.Topic, device.Tls[1], file, file).PublishAsync(device.Topic));

        using var opened = await OpenAsync();
        Assert.True(opened.HasPrivateKey);
        Assert.Equal($"CN={device.Id}", opened.Subject);

        (await admin.Post($"iot-device/{device.Id}/certificate/download", new { format = "PKCS12" })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["isEnum"], (await admin.Post($"iot-device/{device.Id}/certificate/download", new { format = "DER" })).Is(HttpStatusCode.BadRequest).Rules("format"));
        var reader = await scene.Api.SignedInAsReaderOf(organization, application);
        (await reader.Post($"iot-device/{device.Id}/certificate/download", new { format = "PEM" })).Is(HttpStatusCode.Forbidden);
        var byPassword = await scene.ADeviceWithPasswordAsync(admin, application);
        (await admin.Post($"iot-device/{byPassword.Id}/certificate/download", new { format = "PEM" })).Is(HttpStatusCode.BadRequest);

        async Task<X509Certificate2> OpenAsync()
        {
            using var http = new HttpClient(scene.Api.Handler()) { BaseAddress = new Uri("http://localhost/api/v1/") };
            http.DefaultRequestHeaders.Authorization = new("Bearer", admin.Token);
            using var content = new StringContent("""{"format":"PKCS12","password":"åben sesam"}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync($"iot-device/{device.Id}/certificate/download", content, Ct);
            return X509CertificateLoader.LoadPkcs12(await answer.Content.ReadAsByteArrayAsync(Ct), "åben sesam");
        }
    }

    [Fact]
    public async Task Settings_WhenChanged_AreInEffectAndTheFormerAreNot()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var former = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(former);

        await PutAsync(application, former.Username!, "kodeord-2");
        var second = await scene.DeviceAsync(admin, former.Id);
        await scene.IsInEffectAsync(second);
        Assert.Equal(BrokerAnswer.TurnedAway, await former.PublishAsync(former.Topic));

        // Another name, and another application.
        var elsewhere = await scene.Api.AnApplication((await scene.AnApplicationAsync()).Organization);
        admin = await scene.Api.SignedInAsGlobalAdmin();
        await PutAsync(elsewhere, "m-" + former.Username, "kodeord-2");
        var third = await scene.DeviceAsync(admin, former.Id);
        await scene.IsInEffectAsync(third);
        Assert.NotEqual(second.Topic, third.Topic);
        Assert.Equal(BrokerAnswer.Denied, await third.PublishAsync(second.Topic));
        await BrokerScene.IsTurnedAwayAsync(second);

        // A certificate in place of the password.
        (await admin.Put($"iot-device/{former.Id}", new
        {
            id = former.Id,
            name = "x",
            type = "MQTT_INTERNAL_BROKER",
            applicationId = elsewhere,
            mqttInternalBrokerSettings = new { authenticationType = "CERTIFICATE" },
        })).Is(HttpStatusCode.OK);
        await scene.IsInEffectAsync(await scene.DeviceAsync(admin, former.Id));
        await BrokerScene.IsTurnedAwayAsync(third);

        async Task PutAsync(int applicationId, string mqttusername, string mqttpassword) => (await admin.Put($"iot-device/{former.Id}", new
        {
            id = former.Id,
            name = "x",
            type = "MQTT_INTERNAL_BROKER",
            applicationId,
            mqttInternalBrokerSettings = new { authenticationType = "PASSWORD", mqttusername, mqttpassword },
        })).Is(HttpStatusCode.OK);
    }

    /// <summary>In today's system a certificate device of that name reads and writes everything of everybody.</summary>
    [Fact]
    public async Task Device_NamedLikeASuperUser_IsADeviceLikeAnyOther()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var victim = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(victim);
        foreach (var name in new[] { "SuperUser", "os2iot-workers" })
        {
            var device = await scene.ADeviceWithCertificateAsync(admin, application, name);
            await scene.IsInEffectAsync(device);
            Assert.Equal(BrokerAnswer.Denied, await device.PublishAsync(victim.Topic));
            Assert.Equal(BrokerAnswer.Denied, await device.PublishAsync("$CONTROL/dynamic-security/v1"));
            Assert.Equal(BrokerAnswer.Denied, await device.SubscribeAsync("#"));
        }

        // Nor can anybody choose the user name of one of our services, or of a certificate.
        foreach (var mqttusername in new[] { "os2iot-workers", "OS2IOT-ingest", "os2iot", $"{victim.Id}", "4711", "a\nb", "a#", "+" })
        {
            (await admin.Post("iot-device", new
            {
                name = "x",
                type = "MQTT_INTERNAL_BROKER",
                applicationId = application,
                mqttInternalBrokerSettings = new { authenticationType = "PASSWORD", mqttusername, mqttpassword = "x" },
            })).Is(HttpStatusCode.BadRequest);
        }
    }

    /// <summary>In today's system two organizations that use one name get each other's topics.</summary>
    [Fact]
    public async Task Username_OfAnotherOrganization_IsTaken()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application);
        var (_, elsewhere, stranger) = await scene.AnApplicationAsync();

        (await stranger.Post("iot-device", new
        {
            name = "x",
            type = "MQTT_INTERNAL_BROKER",
            applicationId = elsewhere,
            mqttInternalBrokerSettings = new { authenticationType = "PASSWORD", mqttusername = device.Username, mqttpassword = "x" },
        })).Is(HttpStatusCode.BadRequest);

        await scene.IsInEffectAsync(device);
        Assert.Equal(BrokerAnswer.TurnedAway, await (device with { Password = "x" }).PublishAsync(device.Topic));
    }

    [Fact]
    public async Task Device_ThatUsesTheClientIdOfAService_LeavesItInPeace()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(device);
        var ingest = new BrokerDevice(0, "", scene.Broker.Port, []) { Username = "os2iot-ingest", Password = OurBroker.IngestPassword };
        var (service, cut) = await ingest.ConnectAsync("os2iot-ingest-1", tls: false);

        Assert.Equal(BrokerAnswer.Taken, await device.PublishAsync(device.Topic, "{}", "-i", "os2iot-ingest-1"));

        Assert.True(service.IsConnected);
        Assert.False(cut.IsCompleted);
        service.Dispose();
    }

    [Fact]
    public async Task Services_MayDoWhatTheyNeedOnly()
    {
        var ingest = new BrokerDevice(0, "", scene.Broker.Port, []) { Username = "os2iot-ingest", Password = OurBroker.IngestPassword };

        foreach (var filter in new[] { "device/+/+/+", "devices/+/+/+", "$share/os2iot-ingest/device/+/+/+", "$share/os2iot-ingest/devices/+/+/+" })
        {
            await BrokerScene.UntilAsync(async () => await ingest.SubscribeAsync(filter) == BrokerAnswer.Taken, () => ingest.LastOutput);
        }

        foreach (var topic in new[] { "device/1/2/3", "device/1/2/3/downlink", "$CONTROL/dynamic-security/v1", "os2iot/broker/trust" })
        {
            Assert.Equal(BrokerAnswer.Denied, await ingest.PublishAsync(topic));
        }
    }

    [Fact]
    public async Task Downlink_WhileTheDeviceIsAway_WaitsAtTheBroker()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(device);
        await device.LeaveSessionAsync();

        (await admin.Post($"iot-device/{device.Id}/downlink", new { data = "0a" })).Is(HttpStatusCode.Created);
        (await admin.Post($"iot-device/{device.Id}/downlink", new { data = "0B" })).Is(HttpStatusCode.Created);
        await BrokerScene.UntilAsync(async () => (await StatesAsync(admin, device)).All(s => s == "queued"));

        Assert.Equal(["0a", "0b"], (await device.ReceiveAsync(2, TimeSpan.FromSeconds(30))).Split('\n').Order());
    }

    [Fact]
    public async Task Downlink_WhileTheDeviceNeverSubscribed_WaitsWithUs()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(device);

        (await admin.Post($"iot-device/{device.Id}/downlink", new { data = "0c" })).Is(HttpStatusCode.Created);
        await BrokerScene.UntilAsync(async () =>
            await scene.Api.Database.ScalarAsync<long>("SELECT count(*) FROM sync_changes WHERE kind = 'downlink' AND error LIKE '%not subscribed%'") > 0);
        Assert.Equal(["pending"], await StatesAsync(admin, device));
        Assert.Equal("0c", (await admin.Get($"iot-device/{device.Id}/downlink")).Is(HttpStatusCode.OK)["deviceQueueItems"][0].GetProperty("data").GetString());

        Assert.Equal("0c", await device.ReceiveAsync(1, TimeSpan.FromSeconds(90)));
        await BrokerScene.UntilAsync(async () => (await StatesAsync(admin, device)).SequenceEqual(["queued"]));
    }

    [Fact]
    public async Task Sync_IsShownToGlobalAdministrators()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var device = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(device);

        // As an import might leave it.
        await scene.Api.Database.ExecuteAsync($"UPDATE devices SET mqtt_password_ciphertext = NULL WHERE id = {device.Id}");
        var global = await scene.Api.SignedInAsGlobalAdmin();
        await BrokerScene.UntilAsync(async () => (await global.Get("sync")).Is(HttpStatusCode.OK)["systems"][0].GetProperty("refused").GetInt32() > 0);

        var system = (await global.Get("sync"))["systems"][0];
        Assert.Equal("mosquitto", system.GetProperty("system").GetString());
        Assert.True(system.GetProperty("isReached").GetBoolean());
        var changes = (await global.Get("sync/mosquitto/changes")).Is(HttpStatusCode.OK);
        Assert.Contains("only a hash is known", changes.Text, StringComparison.Ordinal);
        Assert.Equal(BrokerAnswer.TurnedAway, await device.PublishAsync(device.Topic));
        (await global.Post("sync/mosquitto/reconcile", new { })).Is(HttpStatusCode.NoContent);
        (await global.Post("sync/nothing/reconcile", new { })).Is(HttpStatusCode.NotFound);
        (await admin.Get("sync")).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public void Secrets_AreNotLogged()
    {
        Assert.DoesNotContain(scene.Log, l => l.Contains("kodeord", StringComparison.Ordinal) || l.Contains("PRIVATE KEY", StringComparison.Ordinal));
        Assert.DoesNotContain("workers-password", string.Join('\n', scene.Log) + scene.Broker.Log, StringComparison.Ordinal);
    }

    private static async Task<string[]> StatesAsync(Api.ApiClient admin, BrokerDevice device) =>
        [.. (await admin.Get($"iot-device/{device.Id}/downlinks")).Is(HttpStatusCode.OK)["data"].EnumerateArray().Select(d => d.GetProperty("state").GetString()!)];
}
