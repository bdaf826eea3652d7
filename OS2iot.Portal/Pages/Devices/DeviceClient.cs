using System.Net;
using System.Text.Json;
using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Connections;
using OS2iot.Portal.Pages.Sigfox;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>Devices and their messages as the Api has them.</summary>
internal sealed class DeviceClient(HttpClient http)
{
    public Task<Device> GetAsync(int id, CancellationToken ct) => http.ReadAsync<Device>($"iot-device/{id}", ct);

    public Task<MessagePage> MessagesAsync(int id, string? before, int limit, CancellationToken ct) =>
        http.ReadAsync<MessagePage>(
            FormattableString.Invariant($"iot-device/{id}/messages?limit={limit}") + (before is null ? "" : "&before=" + Uri.EscapeDataString(before)), ct);

    public Task<ListAnswer<Connection>> ConnectionsAsync(int id, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Connection>>($"iot-device-payload-decoder-data-target-connection/byIoTDevice/{id}", ct);

    public Task<Answer<Device>> CreateAsync(DeviceForm form, int applicationId, CancellationToken ct) =>
        http.ChangeAsync<Device>(HttpMethod.Post, "iot-device", form.ToRequest(null, form.Type, applicationId), ct);

    public Task<Answer<Device>> UpdateAsync(Device before, DeviceForm form, CancellationToken ct) =>
        http.ChangeAsync<Device>(
            HttpMethod.Put, $"iot-device/{before.Id}", form.ToRequest(before.Id, before.Type, before.Application?.Id ?? 0), ct);

    /// <summary>The certificate of a device at our broker, with its key.</summary>
    public async Task<byte[]> DownloadCertificateAsync(int id, string format, string? password, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"iot-device/{id}/certificate/download") { Content = JsonContent.Create(new { format, password }) };
        using var response = await http.TryAsync(request, ct);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(ct)
            : throw (response.StatusCode == HttpStatusCode.Forbidden ? new ForbiddenException() : new MissingException());
    }

    public Task<Answer<Device>> RenewCertificateAsync(int id, int overlapDays, CancellationToken ct) =>
        http.ChangeAsync<Device>(HttpMethod.Post, $"iot-device/{id}/certificate/renew", new { overlapDays }, ct);

    public Task<Answer<Affected>> DeleteAsync(int id, CancellationToken ct) =>
        http.ChangeAsync<Affected>(HttpMethod.Delete, $"iot-device/{id}", null, ct);
}

/// <summary>A device. Its key is null to those who may not change it; its metadata is JSON in a text.</summary>
internal sealed record Device(
    int Id,
    string Name,
    string Type,
    GeoPoint? Location,
    string? CommentOnLocation,
    string? Comment,
    string? Metadata,
    string? ApiKey,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    LatestMessage? LatestReceivedMessage,
    IReadOnlyList<JsonElement>? Connections,
    Application? Application)
{
    /// <summary>Its network tells how well it was heard.</summary>
    public bool HasSignal => Type is "LORAWAN" or "SIGFOX";

    public bool TakesDownlinks => HasSignal || MqttInternalBrokerSettings is not null;

    /// <summary>Of a device at our broker.</summary>
    public MqttSettings? MqttInternalBrokerSettings { get; init; }

    /// <summary>Of a subscription at somebody else's.</summary>
    public MqttSettings? MqttExternalBrokerSettings { get; init; }

    /// <summary>Of a device at Sigfox.</summary>
    public SigfoxSettings? SigfoxSettings { get; init; }

    /// <summary>The metadata's keys and values; empty where it is none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs()
    {
        try
        {
            return Metadata is null ? [] : [.. JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Metadata)!.Select(p => KeyValuePair.Create(p.Key, p.Value.ToString()))];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

/// <param name="Coordinates">Longitude first.</param>
internal sealed record GeoPoint(double[] Coordinates)
{
    public double Longitude => Coordinates[0];

    public double Latitude => Coordinates[1];
}

internal sealed record LatestMessage(DateTimeOffset CreatedAt, double? Rssi, double? Snr);
