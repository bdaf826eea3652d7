using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Api.Users;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.AccessRequests;

/// <summary>Lets a user who asked into groups of the organization, and tells the user.</summary>
internal sealed class AcceptUser(AppDbContext db, Caller caller, AccessRequestMails mails, UserReader reader)
    : Endpoint<AcceptUserRequest, UserDetails>
{
    public override void Configure()
    {
        Put("permission/acceptUser");
        Policies(Role.SignedIn);
    }

    public override async Task<UserDetails> ExecuteAsync(AcceptUserRequest request, CancellationToken ct)
    {
        if (!caller.AdministersUsersOf(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        // Whose wish it never was is not drawn in.
        var user = await db.Users.AsSplitQuery().Include(u => u.Permissions).Include(u => u.RequestedOrganizations).OrderBy(u => u.Id)
            .SingleOrDefaultAsync(u => u.Id == request.UserId && u.RequestedOrganizations.Any(o => o.Id == request.OrganizationId), ct)
            ?? throw Refusal.NotFound(ErrorCodes.UserDoesNotExist);
        var permissions = await db.Permissions
            .Where(p => p.OrganizationId == request.OrganizationId && request.PermissionIds.Contains(p.Id)).ToListAsync(ct);
        if (permissions.Any(user.Permissions.Contains))
        {
            throw Refusal.BadRequest(ErrorCodes.UserAlreadyInPermission);
        }

        var organization = user.RequestedOrganizations.Single(o => o.Id == request.OrganizationId);
        user.Permissions.AddRange(permissions);
        user.RequestedOrganizations.Remove(organization);
        user.AwaitingConfirmation = false;
        await mails.AcceptedAsync(user, organization, request.Reason, ct);
        await db.SaveChangesAsync(ct);
        return await reader.FindAsync(db.Users, user.Id, extended: true, ct) ?? throw Refusal.NotFound(ErrorCodes.UserDoesNotExist);
    }
}

/// <summary>An organization and who still waits for it.</summary>
internal sealed class OrganizationWithAwaitingUsers(Organization organization, IEnumerable<User> users) : OrganizationCore(organization)
{
    public IReadOnlyList<UserCore> AwaitingUsers { get; } = [.. users.Select(u => new UserCore(u))];
}

/// <summary>Takes a user who asked off the organization's list, and tells the user.</summary>
internal sealed class RejectUser(AppDbContext db, Caller caller, AccessRequestMails mails)
    : Endpoint<RejectUserRequest, OrganizationWithAwaitingUsers>
{
    public override void Configure()
    {
        Put("user/rejectUser");
        Policies(Role.UserAdmin);
    }

    public override async Task<OrganizationWithAwaitingUsers> ExecuteAsync(RejectUserRequest request, CancellationToken ct)
    {
        if (!caller.AdministersUsersOf(request.OrgId))
        {
            throw Refusal.Forbidden();
        }

        var organization = await db.Organizations.Include(o => o.AwaitingUsers.OrderBy(u => u.Id)).SingleOrDefaultAsync(o => o.Id == request.OrgId, ct)
            ?? throw Refusal.NotFound();
        var user = organization.AwaitingUsers.SingleOrDefault(u => u.Id == request.UserIdToReject) ?? throw Refusal.NotFound(ErrorCodes.UserDoesNotExist);
        organization.AwaitingUsers.Remove(user);
        await mails.RejectedAsync(user, organization, request.Reason, ct);
        await db.SaveChangesAsync(ct);
        return new OrganizationWithAwaitingUsers(organization, organization.AwaitingUsers);
    }
}
