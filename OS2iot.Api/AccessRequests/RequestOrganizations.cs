using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Users;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.AccessRequests;

/// <summary>A user who came through an identity provider leaves an e-mail address and asks to belong to organizations.</summary>
internal sealed class CreateNewKombitUser(AppDbContext db, Caller caller, AccessRequestMails mails, UserReader reader)
    : Endpoint<CreateNewKombitUserRequest, UserDetails>
{
    public override void Configure()
    {
        Put("kombitCreation/createNewKombitUser");
        Policies(Role.SignedIn);
    }

    public override async Task<UserDetails> ExecuteAsync(CreateNewKombitUserRequest request, CancellationToken ct)
    {
        var user = await db.Users.Include(u => u.RequestedOrganizations).SingleOrDefaultAsync(u => u.Id == caller.UserId, ct) ?? throw Refusal.Unauthorized();
        if (user.Email is not null)
        {
            throw Refusal.BadRequest(ErrorCodes.UserAlreadyHasMail);
        }

        if (await db.Users.AnyAsync(u => u.Email == request.Email, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.EmailAlreadyInUse);
        }

        user.Email = request.Email;
        await db.AskForAsync(user, request.RequestedOrganizationIds, mails, ct);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.EmailAlreadyInUse);
        }

        return await reader.FindAsync(db.Users, caller.UserId, extended: false, ct) ?? throw Refusal.Unauthorized();
    }
}

/// <summary>The caller asks to belong to more organizations.</summary>
internal sealed class UpdateUserOrganizations(AppDbContext db, Caller caller, AccessRequestMails mails)
    : Endpoint<UpdateUserOrganizationsRequest, RequestedOrganizationsResponse>
{
    public override void Configure()
    {
        Put("kombitCreation/updateUserOrgs");
        Policies(Role.SignedIn);
    }

    public override async Task<RequestedOrganizationsResponse> ExecuteAsync(UpdateUserOrganizationsRequest request, CancellationToken ct)
    {
        var user = await db.Users.Include(u => u.RequestedOrganizations).SingleOrDefaultAsync(u => u.Id == caller.UserId, ct) ?? throw Refusal.Unauthorized();
        await db.AskForAsync(user, request.RequestedOrganizationIds, mails, ct);
        await db.SaveChangesAsync(ct);
        return new RequestedOrganizationsResponse(request.RequestedOrganizationIds);
    }
}

internal static class AskingExtensions
{
    /// <summary>How many organizations one may ask at once: each is a mail to people.</summary>
    private const int MaxOrganizations = 100;

    /// <summary>Puts a user on the lists of organizations, after their administrators got a mail. Expects the user's wishes to be loaded.</summary>
    /// <exception cref="Refusal">There is no such organization, or a mail was not sent: then nothing is to be saved.</exception>
    public static async Task AskForAsync(this AppDbContext db, User user, int[] organizationIds, AccessRequestMails mails, CancellationToken ct)
    {
        var wanted = organizationIds.Distinct().ToList();
        var organizations = wanted.Count > MaxOrganizations ? [] : await db.Organizations.Where(o => wanted.Contains(o.Id)).OrderBy(o => o.Id).ToListAsync(ct);
        if (organizations.Count != wanted.Count)
        {
            throw Refusal.BadRequest(ErrorCodes.IdDoesNotExist);
        }

        // Who waits already is not announced again.
        foreach (var organization in organizations.Where(o => !user.RequestedOrganizations.Contains(o)).ToList())
        {
            await mails.AskAsync(user, organization, ct);
            user.RequestedOrganizations.Add(organization);
        }

        user.AwaitingConfirmation = true;
    }
}
