using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Downlinks;

/// <summary>Messages to devices, as the Api has them.</summary>
internal sealed class DownlinkClient(HttpClient http)
{
    public Task<ListAnswer<Downlink>> ListAsync(int deviceId, ListState list, CancellationToken ct) => http.ReadAsync<ListAnswer<Downlink>>(
        FormattableString.Invariant($"iot-device/{deviceId}/downlinks?limit={list.PageSize}&offset={(list.Page - 1) * list.PageSize}"), ct);

    public Task<Answer<object>> SendAsync(int deviceId, DownlinkForm form, CancellationToken ct) =>
        http.ChangeAsync<object>(HttpMethod.Post, FormattableString.Invariant($"iot-device/{deviceId}/downlink"), form.ToRequest(), ct);

    public Task<Answer<Affected>> FlushAsync(int deviceId, CancellationToken ct) =>
        http.ChangeAsync<Affected>(HttpMethod.Delete, FormattableString.Invariant($"iot-device/{deviceId}/downlink"), null, ct);
}

/// <summary>A message to a device.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Data">Hex digits.</param>
/// <param name="Port">Of LoRaWAN.</param>
/// <param name="Confirmed">The device is asked to acknowledge.</param>
/// <param name="State">pending, queued, sent, acknowledged, failed or flushed.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="SentAt">When it went out.</param>
/// <param name="AcknowledgedAt">When the device told that it has it.</param>
/// <param name="Error">Why it did not get there.</param>
internal sealed record Downlink(
    int Id,
    string Data,
    int? Port,
    bool Confirmed,
    string State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? AcknowledgedAt,
    string? Error)
{
    public bool IsWaiting => State is "pending" or "queued";
}
