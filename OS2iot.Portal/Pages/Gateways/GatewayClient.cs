using System.Globalization;
using System.Text.Json;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.Gateways;

/// <summary>Gateways, and what networks told, as the Api has them.</summary>
internal sealed class GatewayClient(HttpClient http)
{
    /// <summary>On one map.</summary>
    public const int Most = 500;

    public Task<GatewayPage> ListAsync(ListState list, int organizationId, CancellationToken ct) =>
        http.ReadAsync<GatewayPage>($"chirpstack/gateway?{list.ToQuery()}&organizationId={organizationId}", ct);

    public Task<GatewayPage> MapAsync(int organizationId, CancellationToken ct) =>
        http.ReadAsync<GatewayPage>(FormattableString.Invariant($"chirpstack/gateway?limit={Most}&organizationId={organizationId}"), ct);

    public async Task<IReadOnlySet<string>> OnlineAsync(int organizationId, CancellationToken ct)
    {
        var online = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var (offset, count) = (0, 1); offset < count; offset += Most)
        {
            var found = await http.ReadAsync<ListAnswer<GatewayHistory>>(
                FormattableString.Invariant($"lorawan/gateway/status?timeInterval=DAY&limit={Most}&offset={offset}&organizationId={organizationId}"), ct);
            online.UnionWith(found.Data.Where(g => g.IsOnline).Select(g => g.Id));
            count = found.Count;
        }

        return online;
    }

    public Task<GatewayWithDays> GetAsync(string gatewayId, CancellationToken ct) =>
        http.ReadAsync<GatewayWithDays>($"chirpstack/gateway/{Uri.EscapeDataString(gatewayId)}", ct);

    public Task<GatewayHistory> HistoryAsync(string gatewayId, CancellationToken ct) =>
        http.ReadAsync<GatewayHistory>($"lorawan/gateway/status/{Uri.EscapeDataString(gatewayId)}?timeInterval=WEEK", ct);

    public Task<GatewayFrames> FramesAsync(string gatewayId, int limit, CancellationToken ct) =>
        http.ReadAsync<GatewayFrames>(FormattableString.Invariant($"chirpstack/gateway/{Uri.EscapeDataString(gatewayId)}/frames?limit={limit}"), ct);

    public Task<ListAnswer<NetworkEvent>> EventsAsync(string gatewayId, int limit, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<NetworkEvent>>(
            FormattableString.Invariant($"chirpstack/gateway/{Uri.EscapeDataString(gatewayId)}/events?limit={limit}"), ct);

    public Task<IReadOnlyList<SignalDay>> SignalAsync(int deviceId, CancellationToken ct) =>
        http.ReadAsync<IReadOnlyList<SignalDay>>($"iot-device/stats/{deviceId}", ct);

    public Task<ListAnswer<NetworkEvent>> DeviceEventsAsync(int deviceId, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<NetworkEvent>>($"iot-device/{deviceId}/network-events?{list.ToQuery()}", ct);
}

internal sealed record GatewayPage(IReadOnlyList<Gateway> ResultList, int TotalCount);

internal sealed record Gateway(
    string GatewayId, string Name, string? Description, GatewayPlace? Location, DateTimeOffset? LastSeenAt, int RxPacketsReceived,
    int TxPacketsEmitted, string? ModelName, int OrganizationId, string? OrganizationName, DateTimeOffset CreatedAt);

internal sealed record GatewayPlace(double Latitude, double Longitude);

internal sealed record GatewayWithDays(Gateway Gateway, IReadOnlyList<GatewayDay> Stats);

internal sealed record GatewayDay(DateTimeOffset Timestamp, int RxPacketsReceived, int TxPacketsEmitted);

internal sealed record GatewayHistory(string Id, string Name, IReadOnlyList<GatewayStateAt> StatusTimestamps)
{
    public bool IsOnline => StatusTimestamps.MaxBy(s => s.Timestamp)?.WasOnline == true;
}

internal sealed record GatewayStateAt(DateTimeOffset Timestamp, bool WasOnline);

internal sealed record GatewayFrames(IReadOnlyList<GatewayFrame> Data, bool HasMore);

internal sealed record GatewayFrame(
    DateTimeOffset ReceivedAt, Guid MessageId, int? DeviceId, string? DeviceName, double? Rssi, double? Snr, int? DataRate, int? SpreadingFactor,
    long? Frequency, long? FrameCounter)
{
    public string Signal => Rssi is null ? "–" : FormattableString.Invariant($"{Rssi} dBm") + (Snr is null ? "" : FormattableString.Invariant($" · {Snr} dB"));

    public string Rate => DataRate is null ? "–" : $"DR{DataRate}" + (SpreadingFactor is null ? "" : $" · SF{SpreadingFactor}");

    public string Channel => Frequency is { } hertz ? FormattableString.Invariant($"{hertz / 1e6:0.0##} MHz") : "–";
}

internal sealed record NetworkEvent(Guid Id, string Kind, DateTimeOffset ReceivedAt, DateTimeOffset? SentAt, JsonElement Payload);

internal sealed record SignalDay(DateTimeOffset Timestamp, double Rssi, double? Snr, double? FrameLossRate);

/// <summary>How much a gateway sent in a band, of what it may.</summary>
/// <param name="Name">Of the band.</param>
/// <param name="From">Hz.</param>
/// <param name="To">Hz.</param>
/// <param name="Share">Of the time allowed; 1 is all of it.</param>
internal sealed record DutyCycleBand(string Name, long From, long To, double Share)
{
    public string Channels => FormattableString.Invariant($"{From / 1e6:0.0##}–{To / 1e6:0.0##} MHz");

    /// <summary>From the newest report that tells of it; gateways without such counting don't.</summary>
    public static IReadOnlyList<DutyCycleBand> Of(IEnumerable<NetworkEvent> newestFirst)
    {
        foreach (var report in newestFirst)
        {
            if (report.Payload.ValueKind == JsonValueKind.Object && report.Payload.TryGetProperty("dutyCycleStats", out var duty)
                && duty.TryGetProperty("bands", out var bands) && bands.ValueKind == JsonValueKind.Array)
            {
                return [.. bands.EnumerateArray().Select(Read)];
            }
        }

        return [];
    }

    private static DutyCycleBand Read(JsonElement band)
    {
        var allowed = Seconds(band, "loadMax");
        return new DutyCycleBand(
            band.TryGetProperty("name", out var name) ? name.ToString() : "", Hertz(band, "frequencyMin"), Hertz(band, "frequencyMax"),
            allowed > 0 ? Seconds(band, "loadTracked") / allowed : 0);
    }

    private static long Hertz(JsonElement band, string member) => band.TryGetProperty(member, out var value) && value.TryGetInt64(out var hertz) ? hertz : 0;

    // Durations in protobuf's JSON, such as "3.600s".
    private static double Seconds(JsonElement band, string member) =>
        band.TryGetProperty(member, out var value)
        && double.TryParse(value.ToString().TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
}
