using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Api.Permissions;
using OS2iot.Api.Users;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <param name="User">The caller.</param>
/// <param name="Organizations">Of a global administrator all, with what is in them; they are serialized as what they are.</param>
internal sealed record MeResponse(UserWithPermissions User, IReadOnlyList<object> Organizations);

/// <param name="User">The caller.</param>
/// <param name="Organizations">All of them for a global administrator; others see theirs, without applications and permissions.</param>
internal sealed record MeOfGlobalAdminResponse(UserWithPermissions User, IReadOnlyList<OrganizationWithEverything> Organizations);

/// <summary>The caller, with permissions and the organizations they open.</summary>
[Answers(typeof(MeOfGlobalAdminResponse))]
internal sealed class GetMe(AppDbContext db, Caller caller) : EndpointWithoutRequest<MeResponse>
{
    public override void Configure()
    {
        Get("auth/me");
        Policies(Role.SignedIn);
    }

    public override async Task<MeResponse> ExecuteAsync(CancellationToken ct)
    {
        var user = await db.Users.AsNoTracking().AsSplitQuery()
            .Where(u => u.Id == caller.UserId).OrderBy(u => u.Id)
            .Select(u => new UserWithPermissions(
                u,
                u.Permissions.OrderBy(p => p.Id)
                    .Select(p => new PermissionWithOrganization(
                        p, p.Applications.Select(a => a.Id).ToList(), p.Types.OrderBy(t => t.Id).ToList(), p.Organization))
                    .ToList()))
            .SingleOrDefaultAsync(ct) ?? throw Refusal.Unauthorized();
        return new MeResponse(user, caller.IsGlobalAdmin ? await AllAsync(ct) : await OwnAsync(ct));
    }

    private async Task<IReadOnlyList<object>> AllAsync(CancellationToken ct) =>
        await db.Organizations.AsNoTracking().AsSplitQuery().OrderBy(o => o.Id)
            .Select(o => new OrganizationWithEverything(
                o,
                o.Applications.OrderBy(a => a.Id).Select(a => new ApplicationCore(a, a.Permissions.OrderBy(p => p.Id).Select(p => p.Id).ToList())).ToList(),
                o.Permissions.OrderBy(p => p.Id).Select(p => new PermissionCore(p, p.Applications.Select(a => a.Id).ToList())).ToList()))
            .ToListAsync(ct);

    private async Task<IReadOnlyList<object>> OwnAsync(CancellationToken ct)
    {
        var ids = caller.ReadOrganizations.Union(caller.GatewayOrganizations).ToList();
        return await db.Organizations.AsNoTracking().Where(o => ids.Contains(o.Id)).OrderBy(o => o.Id)
            .Select(o => new OrganizationCore(o)).ToListAsync(ct);
    }
}
