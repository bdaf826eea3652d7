using System.Net.Http.Headers;
using System.Text.Json;

namespace OS2iot.IntegrationTests;

/// <summary>What one test works with: an application and what it made in it.</summary>
public sealed class Scene(RunningSystem system, int organizationId, int applicationId, string sink)
{
    public int OrganizationId { get; } = organizationId;

    public int ApplicationId { get; } = applicationId;

    /// <summary>The name of the simulator's sink that the scene's target sends to.</summary>
    public string Sink { get; } = sink;

    public string SinkUrl => new Uri(system.Simulator.BaseAddress!, "/sink/" + Sink).ToString();

    public int DeviceId { get; private set; }

    /// <summary>The key the device posts with.</summary>
    public string ApiKey { get; private set; } = "";

    public int? DecoderId { get; private set; }

    public int TargetId { get; private set; }

    public async Task AddDeviceAsync(CancellationToken ct)
    {
        var device = await system.PostAsync(
            "iot-device", new { name = "Sensor", type = "GENERIC_HTTP", applicationId = ApplicationId, latitude = 55.7, longitude = 9.5 }, ct);
        DeviceId = RunningSystem.Id(device);
        ApiKey = device.GetProperty("apiKey").GetString()!;
    }

    public async Task AddDecoderAsync(string script, CancellationToken ct)
    {
        var decoder = await system.PostAsync(
            "payload-decoder",
            new { name = "Decoder", organizationId = OrganizationId, decodingFunction = JsonSerializer.Serialize(script) },
            ct);
        DecoderId = RunningSystem.Id(decoder);
    }

    public async Task AddTargetAsync(string url, CancellationToken ct)
    {
        var target = await system.PostAsync(
            "data-target", new { name = "Target", type = "HTTP_PUSH", applicationId = ApplicationId, url, timeout = 10_000 }, ct);
        TargetId = RunningSystem.Id(target);
    }

    public async Task ConnectAsync(CancellationToken ct) => await system.PostAsync(
        "iot-device-payload-decoder-data-target-connection",
        new { iotDeviceIds = new[] { DeviceId }, dataTargetId = TargetId, payloadDecoderId = DecoderId },
        ct);

    /// <summary>Posts a message as the device. The answer is the caller's to look at.</summary>
    public async Task<HttpResponseMessage> SendAsync(string json, CancellationToken ct)
    {
        using var content = new StringContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await system.Ingest.PostAsync("/api/v1/receive-data?apiKey=" + ApiKey, content, ct);
    }

    /// <summary>Posts a message and expects it to be acknowledged.</summary>
    /// <returns>The id it was acknowledged under.</returns>
    public async Task<Guid> SendAcknowledgedAsync(string json, CancellationToken ct)
    {
        using var response = await SendAsync(json, ct);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, response.StatusCode);
        return IdOf(response);
    }

    public static Guid IdOf(HttpResponseMessage acknowledged) => Guid.Parse(acknowledged.Headers.GetValues("X-Message-Id").Single());

    /// <summary>The message ids that reached the sink so far.</summary>
    public async Task<HashSet<Guid>> DeliveredAsync(CancellationToken ct)
    {
        using var response = await system.Simulator.GetAsync($"/sink/{Sink}?full=true", ct);
        response.EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(ct));
        return [.. body.RootElement.GetProperty("messageIds").EnumerateArray().Select(id => id.GetGuid())];
    }

    /// <summary>Waits until all of <paramref name="ids"/> reached the sink, or the time is over.</summary>
    /// <returns>Those that did not.</returns>
    public async Task<HashSet<Guid>> MissingAfterAsync(IEnumerable<Guid> ids, TimeSpan patience, CancellationToken ct)
    {
        var wanted = ids.ToHashSet();
        var until = TimeProvider.System.GetUtcNow() + patience;
        while (true)
        {
            var missing = wanted.Except(await DeliveredAsync(ct)).ToHashSet();
            if (missing.Count == 0 || TimeProvider.System.GetUtcNow() > until)
            {
                return missing;
            }

            await Task.Delay(200, ct);
        }
    }

    /// <summary>The device's newest messages, as the Api shows them.</summary>
    public async Task<List<JsonElement>> MessagesAsync(CancellationToken ct) =>
        [.. (await system.GetAsync($"iot-device/{DeviceId}/messages", ct)).GetProperty("data").EnumerateArray()];

    /// <summary>Waits until the Api shows the message in the state that <paramref name="isReady"/> asks for.</summary>
    public async Task<JsonElement> MessageAsync(Guid id, Func<JsonElement, bool> isReady, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var message = (await MessagesAsync(patience.Token)).FirstOrDefault(m => m.GetProperty("id").GetGuid() == id);
            if (message.ValueKind == JsonValueKind.Object && isReady(message))
            {
                return message;
            }

            await Task.Delay(100, patience.Token);
        }
    }
}
