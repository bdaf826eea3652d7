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
internal sealed class DeviceDay(DateTimeOffset day, double rssi, double? snr, bool showsDataRates)
{
    /// <summary>Where the day (UTC) begins.</summary>
    public DateTimeOffset Timestamp { get; } = day;

    /// <summary>dBm, the mean of the day's messages.</summary>
    public double Rssi { get; } = Math.Round(rssi, 2);

    /// <summary>dB, the mean of the day's messages.</summary>
    public double? Snr { get; } = snr is { } value ? Math.Round(value, 2) : null;

    /// <summary>LoRaWAN: messages by data rate, where the history knows it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? RxPacketsPerDr { get; } = showsDataRates ? new Dictionary<string, int>() : null;
}

/// <summary>How well a device was heard in the last month, a line for each day on which it was. Empty for networks that have no signal.</summary>
internal sealed class GetDeviceStatistics(AppDbContext db, Caller caller, TimeProvider clock) : EndpointWithoutRequest<IReadOnlyList<DeviceDay>?>
{
    /// <summary>Today and so many days before it.</summary>
    private static readonly Dictionary<DeviceType, int> DaysBack = new() { [DeviceType.LoRaWan] = 29, [DeviceType.Sigfox] = 30 };

    public override void Configure()
    {
        Get("iot-device/stats/{id}");
        Policies(Role.Read);
    }

    public override async Task<IReadOnlyList<DeviceDay>?> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.VisibleTo(caller).Where(d => d.Id == id).Select(d => new { d.Type }).SingleOrDefaultAsync(ct)
            ?? throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        if (!DaysBack.TryGetValue(device.Type, out var days))
        {
            return null;
        }

        var from = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date.AddDays(-days), TimeSpan.Zero);
        var found = await db.ReceivedMessages.AsNoTracking().Where(m => m.DeviceId == id && m.ReceivedAt >= from && m.Rssi != null)
            .GroupBy(m => m.ReceivedAt.UtcDateTime.Date)
            .Select(g => new { Day = g.Key, Rssi = g.Average(m => m.Rssi!.Value), Snr = g.Average(m => m.Snr) })
            .OrderBy(g => g.Day)
            .ToListAsync(ct);
        return [.. found.Select(g => new DeviceDay(
            new DateTimeOffset(DateTime.SpecifyKind(g.Day, DateTimeKind.Utc)), g.Rssi, g.Snr, device.Type == DeviceType.LoRaWan))];
    }
}
