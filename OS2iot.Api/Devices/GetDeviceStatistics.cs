using System.Text.Json.Serialization;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

/// <summary>How well a device was heard on one day.</summary>
internal sealed class DeviceDay(DateTimeOffset day, double rssi, double? snr, IReadOnlyDictionary<string, int>? dataRates, FrameLoss? loss)
{
    /// <summary>Where the day (UTC) begins.</summary>
    public DateTimeOffset Timestamp { get; } = day;

    /// <summary>dBm, the mean of the day's messages.</summary>
    public double Rssi { get; } = Math.Round(rssi, 2);

    /// <summary>dB, the mean of the day's messages.</summary>
    public double? Snr { get; } = snr is { } value ? Math.Round(value, 2) : null;

    /// <summary>LoRaWAN: messages by data rate, where the history knows it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? RxPacketsPerDr { get; } = dataRates;

    /// <summary>LoRaWAN: frames that nobody heard, by the gaps in their counter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LostFrames { get; } = loss?.Lost;

    /// <summary>LoRaWAN: the part of its frames that nobody heard, 0 to 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FrameLossRate { get; } = loss is null ? null : Math.Round((double)loss.Lost / (loss.Lost + loss.Heard), 4);
}

/// <param name="Start">Of the day.</param>
/// <param name="Heard">Frames.</param>
/// <param name="Lost">Frames.</param>
internal sealed record FrameLoss(DateTimeOffset Start, long Heard, long Lost);

/// <summary>How well a device was heard in the last month, a line for each day on which it was. Empty for networks that have no signal.</summary>
internal sealed class GetDeviceStatistics(AppDbContext db, Caller caller, TimeProvider clock) : EndpointWithoutRequest<IReadOnlyList<DeviceDay>>
{
    /// <summary>Today and so many days before it.</summary>
    private static readonly Dictionary<DeviceType, int> DaysBack = new() { [DeviceType.LoRaWan] = 29, [DeviceType.Sigfox] = 30 };

    /// <summary>LoRaWAN's own limit between two frames of a session.</summary>
    private const int LongestGap = 16384;

    public override void Configure()
    {
        Get("iot-device/stats/{id}");
        Policies(Role.Read);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.VisibleTo(caller).Where(d => d.Id == id).Select(d => new { d.Type }).SingleOrDefaultAsync(ct)
            ?? throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        if (!DaysBack.TryGetValue(device.Type, out var days))
        {
            await HttpContext.Response.StartAsync(ct);
            return;
        }

        var from = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date.AddDays(-days), TimeSpan.Zero);
        var found = await db.Database.SqlQuery<Day>(
            $"""
            SELECT date_trunc('day', received_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS start, avg(rssi) AS rssi, avg(snr) AS snr
            FROM received_messages WHERE device_id = {id} AND received_at >= {from} AND rssi IS NOT NULL
            GROUP BY 1 ORDER BY 1
            """).ToListAsync(ct);
        var rates = device.Type == DeviceType.LoRaWan ? await DataRatesAsync(id, from, ct) : null;
        var losses = device.Type == DeviceType.LoRaWan ? await LossesAsync(id, from, ct) : null;
        await Send.OkAsync(
            [.. found.Select(d => new DeviceDay(
                d.Start, d.Rssi, d.Snr, rates?[d.Start].ToDictionary(r => $"{r.Dr}", r => r.Messages), losses?.GetValueOrDefault(d.Start)))],
            ct);
    }

    /// <summary>
    /// By day. A counter that went back began anew, so nothing is known of what was before it; one that leapt further than the network
    /// takes is another session's.
    /// </summary>
    private async Task<Dictionary<DateTimeOffset, FrameLoss>> LossesAsync(int id, DateTimeOffset from, CancellationToken ct)
    {
        var found = await db.Database.SqlQuery<FrameLoss>(
            $"""
            WITH frames AS (
                SELECT message_id, received_at, min(f_cnt) AS f_cnt FROM receptions
                WHERE device_id = {id} AND received_at >= {from} AND f_cnt IS NOT NULL GROUP BY 1, 2),
            gaps AS (SELECT received_at, f_cnt - lag(f_cnt) OVER (ORDER BY received_at, f_cnt) - 1 AS gap FROM frames)
            SELECT date_trunc('day', received_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS start, count(*) AS heard,
                coalesce(sum(gap) FILTER (WHERE gap BETWEEN 1 AND {LongestGap}), 0)::bigint AS lost
            FROM gaps GROUP BY 1
            """).ToListAsync(ct);
        return found.ToDictionary(d => d.Start);
    }

    /// <summary>By day. A message that several gateways heard counts once.</summary>
    private async Task<ILookup<DateTimeOffset, Rate>> DataRatesAsync(int id, DateTimeOffset from, CancellationToken ct)
    {
        var found = await db.Database.SqlQuery<Rate>(
            $"""
            SELECT date_trunc('day', received_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS start, dr, count(DISTINCT message_id)::int AS messages
            FROM receptions WHERE device_id = {id} AND received_at >= {from} AND dr IS NOT NULL
            GROUP BY 1, 2 ORDER BY 1, 2
            """).ToListAsync(ct);
        return found.ToLookup(r => r.Start);
    }

    private sealed record Rate(DateTimeOffset Start, int Dr, int Messages);

    private sealed record Day(DateTimeOffset Start, double Rssi, double? Snr);
}
