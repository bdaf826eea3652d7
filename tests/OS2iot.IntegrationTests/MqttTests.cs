using System.Diagnostics;
using System.Text.Json;

namespace OS2iot.IntegrationTests;

/// <summary>A device at our broker, from its creation to the message that a target receives, and back.</summary>
[Collection(SystemCollection.Name)]
public sealed class MqttTests(RunningSystem system)
{
    [Fact]
    public async Task Message_OfADeviceAtOurBroker_IsDecodedStoredAndDelivered()
    {
        var ct = TestContext.Current.CancellationToken;
        var scene = await system.ASceneAsync("function decode(payload) { return { celsius: payload.t }; }", ct: ct);
        var device = await system.PostAsync(
            "iot-device",
            new
            {
                name = "Meter",
                type = "MQTT_INTERNAL_BROKER",
                applicationId = scene.ApplicationId,
                mqttInternalBrokerSettings = new { authenticationType = "PASSWORD", mqttusername = $"meter-{scene.ApplicationId}", mqttpassword = "the meter's own" },
            },
            ct);
        var id = RunningSystem.Id(device);
        await system.PostAsync(
            "iot-device-payload-decoder-data-target-connection",
            new { iotDeviceIds = new[] { id }, dataTargetId = scene.TargetId, payloadDecoderId = scene.DecoderId },
            ct);

        var message = await SentAsync(id, ct);

        Assert.Equal("""{"celsius":21.5}""", message.GetProperty("decoded")[0].GetProperty("payload").GetRawText());
        Assert.Empty(await scene.MissingAfterAsync([message.GetProperty("id").GetGuid()], TimeSpan.FromSeconds(60), ct));
    }

    /// <summary>Sends until the broker knows the device and the message is there.</summary>
    private async Task<JsonElement> SentAsync(int id, CancellationToken ct)
    {
        var settings = (await system.GetAsync($"iot-device/{id}", ct)).GetProperty("mqttInternalBrokerSettings");
        var authority = Path.GetTempFileName();
        await File.WriteAllTextAsync(authority, settings.GetProperty("caCertificate").GetString(), ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            while (true)
            {
                using var device = Process.Start(
                    "mosquitto_pub",
                    [
                        "-h", "localhost", "-p", $"{settings.GetProperty("mqttPort").GetInt32()}", "--cafile", authority,
                        "-u", settings.GetProperty("mqttusername").GetString()!, "-P", settings.GetProperty("mqttpassword").GetString()!,
                        "-q", "1", "-t", settings.GetProperty("mqtttopicname").GetString()!, "-m", """{"t":21.5}""",
                    ]);
                await device.WaitForExitAsync(patience.Token);
                var messages = (await system.GetAsync($"iot-device/{id}/messages", patience.Token)).GetProperty("data");
                if (messages.GetArrayLength() > 0 && messages[0].GetProperty("decoded").GetArrayLength() > 0)
                {
                    return messages[0];
                }

                await Task.Delay(200, patience.Token);
            }
        }
        finally
        {
            File.Delete(authority);
        }
    }
}
