using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>What Sigfox tells of a device beside its messages. What a contract does not include is null.</summary>
internal sealed class SigfoxDeviceStateResponse(SigfoxDevice device, SigfoxState? state)
{
    /// <summary>registered, pending (on its way to Sigfox) or refused (by Sigfox, see the error).</summary>
    public string Registration { get; } = device.Registration is { } registration ? JsonNamingPolicy.CamelCase.ConvertName(registration.ToString()) : "registered";

    public string? RegistrationError { get; } = device.RegistrationError;

    /// <summary>The device type that Sigfox is moving it to.</summary>
    public string? NextDeviceTypeId { get; } = device.NextDeviceTypeId;

    /// <summary>Since when Sigfox does not have it any more.</summary>
    public DateTimeOffset? MissingSince { get; } = state?.MissingSince;

    /// <summary>Volt.</summary>
    public double? Battery { get; } = state?.Battery;

    /// <summary>Degrees Celsius.</summary>
    public double? Temperature { get; } = state?.Temperature;

    public DateTimeOffset? StatusAt { get; } = state?.StatusAt;

    /// <summary>LIMIT, AVERAGE, GOOD, EXCELLENT or NA.</summary>
    public string? LinkQuality { get; } = state?.LinkQuality;

    /// <summary>How many base stations heard the last message of which Sigfox told.</summary>
    public int? Stations { get; } = state?.Stations;

    public string? OperatorName { get; } = state?.OperatorName;

    public DateTimeOffset? SignalAt { get; } = state?.SignalAt;

    /// <summary>Where Sigfox computed the device to be.</summary>
    public SigfoxPlace? Location { get; } = state is { Latitude: { } latitude, Longitude: { } longitude }
        ? new SigfoxPlace(latitude, longitude, state.Radius, state.LocatedAt)
        : null;

    public SigfoxTrouble? Error { get; } = state?.ErrorAt is { } at ? new SigfoxTrouble(at, state.ErrorSeverity, state.Error) : null;

    /// <summary>A line for each day with messages of the last month, by the sequence numbers.</summary>
    public required IReadOnlyList<SigfoxDay> Days { get; init; }

    /// <summary>Those that heard the device in the last month, most heard first.</summary>
    public required IReadOnlyList<SigfoxBaseStation> BaseStations { get; init; }
}

/// <param name="Latitude">Degrees.</param>
/// <param name="Longitude">Degrees.</param>
/// <param name="Radius">Metres.</param>
/// <param name="At">Of the message.</param>
internal sealed record SigfoxPlace(double Latitude, double Longitude, double? Radius, DateTimeOffset? At);

/// <param name="At">When Sigfox told.</param>
/// <param name="Severity">WARN or ERROR.</param>
/// <param name="Text">In Sigfox's words.</param>
internal sealed record SigfoxTrouble(DateTimeOffset At, string? Severity, string? Text);

/// <param name="Day">Where the day (UTC) begins.</param>
/// <param name="Heard">Messages.</param>
/// <param name="Lost">Numbers that are missing before them.</param>
/// <param name="Recovered">Of those that were heard: got from Sigfox later.</param>
internal sealed record SigfoxDay(DateTimeOffset Day, int Heard, int Lost, int Recovered);

/// <param name="Id">Sigfox's id of it.</param>
/// <param name="Messages">How many of the device's messages it heard.</param>
/// <param name="Rssi">dBm, mean.</param>
/// <param name="Snr">dB, mean.</param>
/// <param name="LastHeardAt">The newest of them.</param>
internal sealed record SigfoxBaseStation(string Id, int Messages, double? Rssi, double? Snr, DateTimeOffset LastHeardAt);

/// <summary>Battery, signal, place, lost messages and base stations of a Sigfox device, as far as its contract tells.</summary>
internal sealed class GetSigfoxDevice(AppDbContext db, Caller caller, TimeProvider clock) : EndpointWithoutRequest<SigfoxDeviceStateResponse>
{
    private const int DaysBack = 30;

    private const int MostStations = 20;

    /// <summary>Sequence numbers of Sigfox begin again after 4095.</summary>
    private const int Numbers = 4096;

    /// <summary>More than this is a device that began anew.</summary>
    private const int LongestGap = 100;

    public override void Configure()
    {
        Get("iot-device/{id}/sigfox");
        Policies(Role.Read);
    }

    public override async Task<SigfoxDeviceStateResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.VisibleTo(caller).AsNoTracking().IgnoreAutoIncludes().SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        if (device is not SigfoxDevice sigfox)
        {
            throw Refusal.BadRequest("The device is none of SigFox's.");
        }

        var from = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date.AddDays(-DaysBack), TimeSpan.Zero);
        return new SigfoxDeviceStateResponse(sigfox, await db.SigfoxStates.AsNoTracking().SingleOrDefaultAsync(s => s.DeviceId == id, ct))
        {
            Days = await DaysAsync(id, from, ct),
            BaseStations = await StationsAsync(id, from, ct),
        };
    }

    private Task<List<SigfoxDay>> DaysAsync(int id, DateTimeOffset from, CancellationToken ct) => db.Database.SqlQuery<SigfoxDay>(
        $"""
        WITH gaps AS (
            SELECT sent_at, is_recovered, (f_cnt - lag(f_cnt) OVER (ORDER BY sent_at, f_cnt) + {Numbers}) % {Numbers} - 1 AS gap
            FROM received_messages WHERE device_id = {id} AND received_at >= {from} AND sent_at IS NOT NULL
        )
        SELECT date_trunc('day', sent_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS day, count(*)::int AS heard,
            coalesce(sum(gap) FILTER (WHERE gap BETWEEN 1 AND {LongestGap}), 0)::int AS lost,
            (count(*) FILTER (WHERE is_recovered))::int AS recovered
        FROM gaps GROUP BY 1 ORDER BY 1
        """).ToListAsync(ct);

    private Task<List<SigfoxBaseStation>> StationsAsync(int id, DateTimeOffset from, CancellationToken ct) => db.Database.SqlQuery<SigfoxBaseStation>(
        $"""
        SELECT s ->> 'bsId' AS id, count(*)::int AS messages, round(avg((s ->> 'rssi')::float8)::numeric, 1)::float8 AS rssi,
            round(avg((s ->> 'snr')::float8)::numeric, 1)::float8 AS snr, max(r.received_at) AS last_heard_at
        FROM sigfox_receptions r CROSS JOIN LATERAL jsonb_array_elements(r.stations) s
        WHERE r.device_id = {id} AND r.received_at >= {from} AND s ->> 'bsId' IS NOT NULL
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MostStations}
        """).ToListAsync(ct);
}
