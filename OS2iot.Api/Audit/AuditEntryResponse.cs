using System.Text;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;

namespace OS2iot.Api.Audit;

/// <summary>A line of the audit log.</summary>
internal sealed class AuditEntryResponse(AuditEntry entry)
{
    public long Id { get; } = entry.Id;

    public DateTimeOffset Timestamp { get; } = entry.At;

    public int? UserId { get; } = entry.UserId;

    /// <summary>At that time: of a user or an API key, or the name that was tried.</summary>
    public string? UserName { get; } = entry.UserName;

    public string? Address { get; } = entry.Address?.ToString();

    public string Action { get; } = entry.Action;

    public string Type { get; } = entry.Type;

    public string? EntityId { get; } = entry.EntityId;

    public string? Name { get; } = entry.Name;

    public int? OrganizationId { get; } = entry.OrganizationId;

    /// <summary>What changed, as it was; of lists what went.</summary>
    public RawJson? Before { get; } = Json(entry.Before);

    /// <summary>What changed, as it is; of lists what came.</summary>
    public RawJson? After { get; } = Json(entry.After);

    public bool Succeeded { get; } = entry.Succeeded;

    /// <summary>Why it was refused.</summary>
    public string? Reason { get; } = entry.Reason;

    public string? TraceId { get; } = entry.TraceId;

    private static RawJson? Json(string? json) => json is null ? null : new RawJson(Encoding.UTF8.GetBytes(json));
}
