using System.Globalization;
using Microsoft.Extensions.Options;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Frame;

/// <summary>Writes times as people read them, in the zone of the installation.</summary>
internal sealed class Clock(TimeProvider time, IOptions<PortalOptions> options)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone);

    public string Exact(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, _zone).ToString("d. MMM yyyy HH\\:mm\\:ss", CultureInfo.CurrentCulture);

    public string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).ToString("d. MMM yyyy", CultureInfo.CurrentCulture);

    public string TimeOfDay(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>In the very words that browsers use, since script goes on counting from there.</summary>
    public string Relative(DateTimeOffset at)
    {
        var ago = time.GetUtcNow() - at;
        return ago switch
        {
            { TotalSeconds: < 5 and > -60 } => Words.JustNow,
            { Ticks: < 0 } => Exact(at),
            { TotalSeconds: < 60 } => Words.SecondsAgo.With((int)ago.TotalSeconds),
            { TotalMinutes: < 60 } => Words.MinutesAgo.With((int)ago.TotalMinutes),
            { TotalHours: < 2 } => Words.OneHourAgo,
            { TotalHours: < 24 } => Words.HoursAgo.With((int)ago.TotalHours),
            { TotalDays: < 2 } => Words.OneDayAgo,
            { TotalDays: < 30 } => Words.DaysAgo.With((int)ago.TotalDays),
            _ => Day(at),
        };
    }
}
