using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Secrets;

namespace OS2iot.Tests.MqttDevices;

/// <summary>A broker that lost everything, and one with very many devices.</summary>
public sealed class BrokerRecoveryTests(BrokerScene scene, ITestOutputHelper output) : IClassFixture<BrokerScene>
{
    private const int Many = 10_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broker_WhenItsFolderIsRemovedWhileItRuns_LetsDevicesInAgain()
    {
        var (_, application, admin) = await scene.AnApplicationAsync();
        var byPassword = await scene.ADeviceWithPasswordAsync(admin, application);
        var byCertificate = await scene.ADeviceWithCertificateAsync(admin, application);
        await scene.IsInEffectAsync(byPassword);
        await scene.IsInEffectAsync(byCertificate);
        var began = Stopwatch.GetTimestamp();

        Directory.Delete(scene.Broker.Data, recursive: true);
        await BrokerScene.UntilAsync(async () => await byPassword.PublishAsync(byPassword.Topic) != BrokerAnswer.Taken);

        await scene.IsInEffectAsync(byPassword);
        await scene.IsInEffectAsync(byCertificate);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Devices work again after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s."));
        Assert.Equal(BrokerAnswer.Denied, await byPassword.PublishAsync(byCertificate.Topic));
    }

    [Fact]
    public async Task Broker_WhenItLostTenThousandAccounts_HasThemAgainAndTakesOneMore()
    {
        var (organization, application, admin) = await scene.AnApplicationAsync();
        var first = await scene.ADeviceWithPasswordAsync(admin, application);
        await scene.IsInEffectAsync(first);
        var ciphertext = scene.Api.Services.GetRequiredService<SecretProtector>().Protect("kodeord-1");

        // As if they had been there for long, and the broker had lost them.
        await scene.Api.Database.ExecuteAsync(
            $"""
            ALTER TABLE devices DISABLE TRIGGER follow_mqtt_device;
            INSERT INTO devices (type, name, application_id, mqtt_authentication, mqtt_username, mqtt_password_ciphertext, mqtt_topic_name, created_at, updated_at)
            SELECT 'MQTT_INTERNAL_BROKER', 'm ' || n, {application}, 'Password', 'many-' || n, '{ciphertext}', 'x', now(), now() FROM generate_series(1, {Many}) n;
            ALTER TABLE devices ENABLE TRIGGER follow_mqtt_device;
            """);
        var id = await scene.Api.Database.ScalarAsync<int>($"SELECT id FROM devices WHERE mqtt_username = 'many-{Many}'");
        var last = first with { Id = id, Username = $"many-{Many}", Topic = $"device/{organization}/{application}/{id}" };
        Assert.Equal(BrokerAnswer.TurnedAway, await last.PublishAsync(last.Topic));
        var global = await scene.Api.SignedInAsGlobalAdmin();

        var began = Stopwatch.GetTimestamp();
        await global.Post("sync/mosquitto/reconcile", new { });
        await scene.IsInEffectAsync(last);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Many} lost accounts are there again after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s."));
        await scene.IsInEffectAsync(first);
        Assert.Equal(BrokerAnswer.Denied, await last.PublishAsync(first.Topic));

        // Nothing differs, which is read from the broker in full.
        await BrokerScene.UntilAsync(async () => await IsReconciledAsync());
        await global.Post("sync/mosquitto/reconcile", new { });
        began = Stopwatch.GetTimestamp();
        await BrokerScene.UntilAsync(async () => await IsReconciledAsync());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A full comparison took at most {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s."));

        began = Stopwatch.GetTimestamp();
        var oneMore = await scene.ADeviceWithPasswordAsync(admin, application);
        var saved = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await scene.IsInEffectAsync(oneMore);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"One more is saved after {saved:F2} s and in effect after {Stopwatch.GetElapsedTime(began).TotalSeconds:F2} s."));
        var (client, cut) = await last.ConnectAsync();
        await scene.Api.Database.ExecuteAsync($"DELETE FROM devices WHERE id = {last.Id}");
        await cut.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        client.Dispose();
    }

    private async Task<bool> IsReconciledAsync()
    {
        await using var db = scene.Api.Database.CreateContext();
        return db.SyncStatuses.Any(s => s.ReconciledAt != null && s.Missing == 0 && s.Different == 0 && s.Extra == 0);
    }
}
