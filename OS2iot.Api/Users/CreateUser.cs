using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>Adds a user who signs in with e-mail and password. What the user may do comes from user groups.</summary>
internal sealed class CreateUser(AppDbContext db, Caller caller, GlobalAdministrators administrators, NewPasswords passwords, UserReader reader)
    : Endpoint<CreateUserRequest, UserDetails>
{
    public override void Configure()
    {
        Post("user");
        Policies(Role.UserAdmin);
    }

    public override async Task<UserDetails> ExecuteAsync(CreateUserRequest request, CancellationToken ct)
    {
        if (request.GlobalAdmin == true && !caller.IsGlobalAdmin)
        {
            throw Refusal.Forbidden();
        }

        if (await db.Users.AnyAsync(u => u.Email == request.Email, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.UserAlreadyExists);
        }

        var user = new User
        {
            Name = request.Name,
            Email = request.Email,
            PasswordHash = await passwords.HashAsync(request.Password, [request.Name, request.Email], ct),
            Active = request.Active.Or(true) ?? true,
            ExpiresOn = request.ExpiresOn.Or(null)?.ToUniversalTime(),
            ShowWelcomeScreen = true,
        };
        await administrators.SetAsync(user, request.GlobalAdmin == true, ct);
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.UserAlreadyExists);
        }

        return await reader.FindAsync(db.Users, user.Id, extended: false, ct) ?? throw Refusal.NotFound();
    }
}
