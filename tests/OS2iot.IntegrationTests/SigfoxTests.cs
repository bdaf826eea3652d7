using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OS2iot.IntegrationTests;

/// <summary>From a group at Sigfox to the message that a target receives.</summary>
[Collection(SystemCollection.Name)]
public sealed class SigfoxTests(RunningSystem system)
{
    [Fact]
    public async Task Callback_OfAConnectedDevice_IsDecodedStoredAndDelivered()
    {
        var ct = TestContext.Current.CancellationToken;
        var scene = await system.ASceneAsync("function decode(payload) { return { first: parseInt(payload.data.substring(0, 2), 16) }; }", ct: ct);
        var device = await ASigfoxDeviceAsync(scene, ct);
        await system.PostAsync(
            "iot-device-payload-decoder-data-target-connection",
            new { iotDeviceIds = new[] { device.Id }, dataTargetId = scene.TargetId, payloadDecoderId = scene.DecoderId },
            ct);

        using var answer = await system.Ingest.PostAsJsonAsync(
            $"/api/v1/sigfox-callback/data/bidir?apiKey={device.TypeId}",
            new { time = 1700000000, deviceTypeId = device.TypeId, deviceId = device.SigfoxId, data = "2a01", seqNumber = 7, ack = false, rssi = -113, snr = 12.5 },
            ct);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var message = await MessageAsync(device.Id, ct);
        Assert.Equal("2023-11-14T22:13:20.000Z", message.GetProperty("sentAt").GetString());
        Assert.Equal("""{"first":42}""", message.GetProperty("decoded")[0].GetProperty("payload").GetRawText());
        Assert.Equal((-113d, 12.5), (message.GetProperty("rssi").GetDouble(), message.GetProperty("snr").GetDouble()));
        Assert.Equal("2a01", message.GetProperty("raw").GetProperty("data").GetString());
        Assert.Empty(await scene.MissingAfterAsync([message.GetProperty("id").GetGuid()], TimeSpan.FromSeconds(20), ct));
    }

    private async Task<(int Id, string SigfoxId, string TypeId)> ASigfoxDeviceAsync(Scene scene, CancellationToken ct)
    {
        var username = $"api-user-{scene.OrganizationId}";
        using (var added = await system.Simulator.PutAsJsonAsync($"/sigfox/users/{username}", new { password = "secret", devices = 1 }, ct))
        {
            added.EnsureSuccessStatusCode();
        }

        var group = RunningSystem.Id(await system.PostAsync("sigfox-group", new { organizationId = scene.OrganizationId, username, password = "secret" }, ct));
        var found = (await system.GetAsync($"sigfox-api-device?groupId={group}", ct)).GetProperty("data")[0].GetProperty("id").GetString()!;
        var device = await system.PostAsync(
            "iot-device",
            new
            {
                name = "Sigfox sensor",
                type = "SIGFOX",
                applicationId = scene.ApplicationId,
                sigfoxSettings = new { deviceId = found, groupId = group, connectToExistingDeviceInBackend = true },
            },
            ct);
        return (RunningSystem.Id(device), found, device.GetProperty("deviceTypeId").GetString()!);
    }

    private async Task<JsonElement> MessageAsync(int deviceId, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var messages = (await system.GetAsync($"iot-device/{deviceId}/messages", patience.Token)).GetProperty("data");
            if (messages.GetArrayLength() > 0 && messages[0].GetProperty("decoded").GetArrayLength() > 0)
            {
                return messages[0];
            }

            await Task.Delay(100, patience.Token);
        }
    }
}
