using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Gateways;

namespace OS2iot.Api.Gateways;

internal class GatewayStatusQuery : ListQuery
{
    /// <summary>DAY, WEEK or MONTH: how far back to look.</summary>
    public string? TimeInterval { get; private set; }

    internal TimeSpan Period => TimeSpan.FromDays(TimeInterval switch { "WEEK" => 7, "MONTH" => 30, _ => 1 });

    public override void Read(QueryReader query)
    {
        base.Read(query);
        TimeInterval = query.OneOf("timeInterval", "DAY", "WEEK", "MONTH");
    }
}

/// <param name="Id">The gateway id.</param>
/// <param name="Name">The gateway's name.</param>
/// <param name="StatusTimestamps">When it came and went in the period, oldest first; at the end what it was when the period began.</param>
internal sealed record GatewayStatusResponse(string Id, string Name, IReadOnlyList<GatewayStatusAt> StatusTimestamps);

internal sealed record GatewayStatusAt(DateTimeOffset Timestamp, bool WasOnline);

internal static class GatewayHistory
{
    /// <summary>How gateways came and went. One command for any number of them.</summary>
    public static async Task<List<GatewayStatusResponse>> ReadHistoryAsync(
        this IQueryable<Gateway> gateways, DateTimeOffset since, CancellationToken ct)
    {
        var found = await gateways
            .Select(g => new
            {
                g.GatewayId,
                g.Name,
                Changes = g.StatusHistory.Where(s => s.At >= since).OrderBy(s => s.At)
                    .Select(s => new GatewayStatusAt(s.At, s.WasOnline)).ToList(),
                Before = g.StatusHistory.Where(s => s.At < since).OrderByDescending(s => s.At).Select(s => (bool?)s.WasOnline).FirstOrDefault(),
            })
            .ToListAsync(ct);
        return [.. found.Select(g => new GatewayStatusResponse(
            g.GatewayId, g.Name, g.Before is { } before ? [.. g.Changes, new GatewayStatusAt(since, before)] : g.Changes))];
    }
}
