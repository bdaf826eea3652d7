using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

/// <summary>One organization with its user groups.</summary>
internal sealed class GetOrganization(AppDbContext db, Caller caller, TimeProvider clock) : EndpointWithoutRequest<OrganizationDetails>
{
    public override void Configure()
    {
        Get("organization/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<OrganizationDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return caller.AdministersUsersOf(id)
            ? await db.Organizations.FindDetailsAsync(id, clock, ct) ?? throw Refusal.NotFound()
            : throw Refusal.Forbidden();
    }
}
