using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Uplinks;

namespace OS2iot.Api.Organizations;

internal sealed class HistoryRetentionRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["historyRetentionDays"] = Is.Integer().AtLeast(1).Optional(),
    };

    /// <summary>Null for as long as the installation keeps messages by itself.</summary>
    public int? HistoryRetentionDays { get; init; }
}

/// <summary>Says how many days the messages of an organization's devices are kept.</summary>
internal sealed class UpdateHistoryRetention(AppDbContext db, Caller caller, IOptions<HistoryOptions> options, TimeProvider clock)
    : Endpoint<HistoryRetentionRequest, OrganizationDetails>
{
    public override void Configure()
    {
        Put("organization/{id}/history-retention");
        Policies(Role.UserAdmin);
    }

    public override async Task<OrganizationDetails> ExecuteAsync(HistoryRetentionRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!caller.AdministersUsersOf(id))
        {
            throw Refusal.Forbidden();
        }

        if (request.HistoryRetentionDays > options.Value.LongestRetentionDays)
        {
            throw Refusal.BadRequest($"historyRetentionDays must not be greater than {options.Value.LongestRetentionDays}");
        }

        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == id, ct) ?? throw Refusal.NotFound();
        organization.HistoryRetentionDays = request.HistoryRetentionDays;
        await db.SaveChangesAsync(ct);
        return await db.Organizations.FindDetailsAsync(id, clock, ct) ?? throw Refusal.NotFound();
    }
}
