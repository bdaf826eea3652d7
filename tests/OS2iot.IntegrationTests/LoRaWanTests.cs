using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace OS2iot.IntegrationTests;

/// <summary>From a sensor in the air, by way of ChirpStack and the broker, to the message that a target receives, and back.</summary>
[Collection(SystemCollection.Name)]
public sealed class LoRaWanTests(RunningSystem system)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Uplink_WhenTwoGatewaysHearIt_IsDecodedStoredAndDeliveredOnce()
    {
        var ct = TestContext.Current.CancellationToken;
        var scene = await system.ASceneAsync("function decode(payload) { return { first: atob(payload.data).charCodeAt(0) }; }", ct: ct);
        var (near, far) = (await AGatewayAsync(scene, ct), await AGatewayAsync(scene, ct));
        var (device, devEui) = await ASensorAsync(scene, ct);
        await system.PostAsync(
            "iot-device-payload-decoder-data-target-connection",
            new { iotDeviceIds = new[] { device }, dataTargetId = scene.TargetId, payloadDecoderId = scene.DecoderId },
            ct);

        await PlayAsync($"devices/{devEui}/join", new { }, ct);
        await PlayAsync(
            $"devices/{devEui}/uplinks",
            new { data = "2a01", fPort = 2, receptions = new[] { new { gatewayId = near, rssi = -71, snr = 9.5 }, new { gatewayId = far, rssi = -112, snr = -3.5 } } },
            ct);

        var message = await UntilAsync($"iot-device/{device}/messages", m => m.GetProperty("decoded").GetArrayLength() > 0, ct);
        Assert.Equal("""{"first":42}""", message.GetProperty("decoded")[0].GetProperty("payload").GetRawText());
        Assert.Equal((-71d, 9.5), (message.GetProperty("rssi").GetDouble(), message.GetProperty("snr").GetDouble()));
        Assert.Empty(await scene.MissingAfterAsync([message.GetProperty("id").GetGuid()], Patience, ct));
        Assert.Equal(1, (await system.GetAsync($"iot-device/{device}/messages", ct)).GetProperty("data").GetArrayLength());
        var heard = await UntilAsync($"chirpstack/gateway/{far}/frames", _ => true, ct);
        Assert.Equal(-112, heard.GetProperty("rssi").GetDouble());
        var joined = await UntilAsync($"iot-device/{device}/network-events", _ => true, ct);
        Assert.Equal("join", joined.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Downlink_WhenTheDeviceIsHeard_GoesOutAndIsAcknowledged()
    {
        var ct = TestContext.Current.CancellationToken;
        var scene = await system.ASceneAsync(ct: ct);
        var gateway = await AGatewayAsync(scene, ct);
        var (device, devEui) = await ASensorAsync(scene, ct);
        await PlayAsync($"devices/{devEui}/join", new { }, ct);

        await system.PostAsync($"iot-device/{device}/downlink", new { data = "0102", port = 7, confirmed = true }, ct);
        for (var i = 0; i < 2; i++)
        {
            await PlayAsync($"devices/{devEui}/uplinks", new { data = "00", receptions = new[] { new { gatewayId = gateway, rssi = -80, snr = 7.5 } } }, ct);
        }

        await UntilAsync($"iot-device/{device}/downlinks", d => d.GetProperty("state").GetString() == "acknowledged", ct);
    }

    private async Task<string> AGatewayAsync(Scene scene, CancellationToken ct)
    {
        var gatewayId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var location = new { latitude = 55.7, longitude = 9.5 };
        await system.PostAsync(
            "chirpstack/gateway",
            new { organizationId = scene.OrganizationId, gateway = new { gatewayId, name = "Gateway", location, tagsString = "{}" } },
            ct);
        return gatewayId;
    }

    private async Task<(int Id, string DevEui)> ASensorAsync(Scene scene, CancellationToken ct)
    {
        var profile = await system.PostAsync(
            "chirpstack/device-profiles",
            new
            {
                deviceProfile = new { name = $"Profile {scene.OrganizationId}", macVersion = 3, regParamsRevision = 0, adrAlgorithmID = "default", classCTimeout = 0 },
                internalOrganizationId = scene.OrganizationId,
            },
            ct);
        var devEui = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var device = await system.PostAsync(
            "iot-device",
            new
            {
                name = "LoRaWAN sensor",
                type = "LORAWAN",
                applicationId = scene.ApplicationId,
                lorawanSettings = new Dictionary<string, object>
                {
                    ["devEUI"] = devEui,
                    ["activationType"] = "OTAA",
                    ["OTAAapplicationKey"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
                    ["deviceProfileID"] = profile.GetProperty("id").GetString()!,
                    ["skipFCntCheck"] = false,
                    ["isDisabled"] = false,
                },
            },
            ct);
        return (RunningSystem.Id(device), devEui);
    }

    private async Task PlayAsync(string what, object body, CancellationToken ct)
    {
        using var answer = await system.Simulator.PostAsJsonAsync("/chirpstack/" + what, body, ct);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{what}: {answer.StatusCode}");
    }

    /// <summary>Waits for the newest in a list to be as wanted.</summary>
    private async Task<JsonElement> UntilAsync(string list, Func<JsonElement, bool> isThere, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            var found = (await system.GetAsync(list, patience.Token)).GetProperty("data");
            if (found.GetArrayLength() > 0 && isThere(found[0]))
            {
                return found[0];
            }

            await Task.Delay(100, patience.Token);
        }
    }
}
