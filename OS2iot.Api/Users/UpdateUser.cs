using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>Changes a user of whom the caller manages all that the user may do.</summary>
internal sealed class UpdateUser(AppDbContext db, Caller caller, GlobalAdministrators administrators, NewPasswords passwords, Sessions sessions, SignInLog log, UserReader reader, TimeProvider clock)
    : Endpoint<UpdateUserRequest, UserDetails>
{
    public override void Configure()
    {
        Put("user/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<UserDetails> ExecuteAsync(UpdateUserRequest request, CancellationToken ct)
    {
        if (request.GlobalAdmin == true && !caller.IsGlobalAdmin)
        {
            throw Refusal.Forbidden();
        }

        var id = HttpContext.RouteId();
        var passwordHash = string.IsNullOrEmpty(request.Password) ? null : await passwords.HashAsync(request.Password, [request.Name, request.Email], ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await administrators.HoldAsync(ct);
        var user = await db.Users.WritableBy(caller).AsSplitQuery().Include(u => u.Permissions).ThenInclude(p => p.Types)
            .OrderBy(u => u.Id).SingleOrDefaultAsync(u => u.Id == id && !u.IsSystemUser, ct) ?? throw await MissingAsync(id, ct);
        if (user.NameId is not null && (request.Name != user.Name || passwordHash is not null))
        {
            throw Refusal.BadRequest(ErrorCodes.CannotModifyOnKombitUser);
        }

        var wasAdministrator = user.Permissions.Any(GlobalAdministrators.IsTheirs);
        user.Name = request.Name;
        user.Email = request.Email ?? user.Email;
        user.PasswordHash = passwordHash ?? user.PasswordHash;
        user.Active = request.Active.Or(user.Active) ?? user.Active;
        user.ExpiresOn = request.ExpiresOn.Or(user.ExpiresOn)?.ToUniversalTime();
        if (caller.IsGlobalAdmin)
        {
            await administrators.SetAsync(user, request.GlobalAdmin == true, ct);
        }

        if (wasAdministrator)
        {
            await administrators.CheckOneRemainsAsync(user, ct);
        }

        await SaveAsync(ct);
        if (passwordHash is not null || !user.Active || user.ExpiresOn <= clock.GetUtcNow())
        {
            // Whoever knew the old password may be in already; and who is switched on again signs in anew.
            await EndSessionsAsync(id, ct);
        }

        await transaction.CommitAsync(ct);
        return await reader.FindAsync(db.Users, id, extended: false, ct) ?? throw Refusal.NotFound();
    }

    private async Task EndSessionsAsync(int id, CancellationToken ct)
    {
        if (await sessions.EndAsync(s => s.UserId == id, ct) > 0)
        {
            await log.WentAsync(id, "signed out by an administrator", ct);
        }
    }

    private async Task SaveAsync(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.EmailAlreadyInUse);
        }
    }

    private async Task<Refusal> MissingAsync(int id, CancellationToken ct) =>
        await db.Users.AnyAsync(u => u.Id == id && !u.IsSystemUser, ct) ? Refusal.Forbidden() : Refusal.NotFound();
}
