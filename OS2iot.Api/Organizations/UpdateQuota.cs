using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;

namespace OS2iot.Api.Organizations;

internal sealed class QuotaRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["messagesPerMinute"] = Is.Integer().AtLeast(1).Optional(),
        ["messagesPerDay"] = Is.Integer().AtLeast(1).Optional(),
    };

    /// <summary>Null for what the installation sets.</summary>
    public int? MessagesPerMinute { get; init; }

    /// <summary>Null for what the installation sets.</summary>
    public int? MessagesPerDay { get; init; }
}

/// <summary>Says how much an organization's devices may send. Takes effect within seconds.</summary>
internal sealed class UpdateQuota(AppDbContext db, TimeProvider clock) : Endpoint<QuotaRequest, OrganizationDetails>
{
    public override void Configure()
    {
        Put("organization/{id}/quota");
        Policies(Role.GlobalAdmin);
    }

    public override async Task<OrganizationDetails> ExecuteAsync(QuotaRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == id, ct) ?? throw Refusal.NotFound();
        (organization.MessagesPerMinute, organization.MessagesPerDay) = (request.MessagesPerMinute, request.MessagesPerDay);
        await db.SaveChangesAsync(ct);
        return await db.Organizations.FindDetailsAsync(id, clock, ct) ?? throw Refusal.NotFound();
    }
}
