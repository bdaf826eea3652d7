using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Api.Users;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.AccessRequests;

/// <summary>The names of all organizations, for somebody who has to say where to belong.</summary>
internal sealed class ListOrganizationsToRequest(AppDbContext db) : EndpointWithoutRequest<ListResponse<MinimalOrganization>>
{
    public override void Configure()
    {
        Get("kombitCreation/minimal");
        Policies(Role.SignedIn);
    }

    public override async Task<ListResponse<MinimalOrganization>> ExecuteAsync(CancellationToken ct)
    {
        var organizations = await db.Organizations.OrderBy(o => o.Id).Select(o => new MinimalOrganization(o.Id, o.Name)).ToListAsync(ct);
        return new ListResponse<MinimalOrganization>(organizations, organizations.Count);
    }
}

/// <summary>The names of those whom the caller may know of: at least the caller's own.</summary>
internal sealed class ListUsersForRequests(AppDbContext db, Caller caller) : EndpointWithoutRequest<MinimalUsersResponse>
{
    public override void Configure()
    {
        Get("kombitCreation/minimalUsers");
        Policies(Role.SignedIn);
    }

    public override async Task<MinimalUsersResponse> ExecuteAsync(CancellationToken ct) =>
        new(await db.Users.NamedTo(db.ApiKeys, caller).OrderBy(u => u.Id).Select(u => new MinimalUser(u.Id, u.Name)).ToListAsync(ct));
}

/// <summary>The caller's own user. That of anybody else is not there.</summary>
internal sealed class GetUserForRequests(AppDbContext db, Caller caller, UserReader reader) : Endpoint<GetUserQuery, UserDetails>
{
    public override void Configure()
    {
        Get("kombitCreation/{id}");
        Policies(Role.SignedIn);
    }

    public override async Task<UserDetails> ExecuteAsync(GetUserQuery query, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return id == caller.UserId
            ? await reader.FindAsync(db.Users, id, query.ExtendedInfo, ct) ?? throw Refusal.NotFound()
            : throw Refusal.NotFound();
    }
}
