using System.Globalization;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Audit;

/// <summary>The audit log as comma-separated values: all lines that are asked for, up to a million.</summary>
internal sealed class ExportAuditEntries(AppDbContext db, Caller caller) : Endpoint<AuditLogQuery>
{
    private const int MaxRows = 1_000_000;

    private static readonly string[] Header =
    [
        "id", "timestamp", "userId", "userName", "address", "action", "type", "entityId", "name", "organizationId", "before", "after",
        "succeeded", "reason", "traceId",
    ];

    public override void Configure()
    {
        Get("audit-log/csv");
        Policies(Role.UserAdmin);
        Description(route => route.Produces<string>(StatusCodes.Status200OK, CsvRows.ContentType));
    }

    public override async Task HandleAsync(AuditLogQuery query, CancellationToken ct)
    {
        var entries = query.Apply(db.AuditEntries, caller).Take(MaxRows);
        await using var rows = CsvRows.Begin(HttpContext.Response, "audit-log.csv");
        await rows.WriteAsync(Header, ct);
        await foreach (var entry in entries.AsAsyncEnumerable().WithCancellation(ct))
        {
            await rows.WriteAsync(Cells(entry), ct);
        }
    }

    private static string?[] Cells(AuditEntry entry) =>
    [
        Text(entry.Id), WireTime.Format(entry.At), Text(entry.UserId), entry.UserName, entry.Address?.ToString(), entry.Action, entry.Type,
        entry.EntityId, entry.Name, Text(entry.OrganizationId), entry.Before, entry.After, entry.Succeeded ? "true" : "false", entry.Reason,
        entry.TraceId,
    ];

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
