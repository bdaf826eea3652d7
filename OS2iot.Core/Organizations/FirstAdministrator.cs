using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using OS2iot.Core.Database;

namespace OS2iot.Core.Organizations;

/// <summary>
/// Makes sure that somebody can sign in: creates a global administrator where there is none. Later starts change nothing, so a
/// password that was changed stays changed.
/// </summary>
public sealed class FirstAdministrator(AppDbContext db, IConfiguration configuration)
{
    public const string DefaultEmail = "global-admin@os2iot.dk";

    /// <summary>True when an administrator was created.</summary>
    /// <exception cref="InvalidOperationException">The configured credentials are incomplete or too weak.</exception>
    public async Task<bool> EnsureAsync(CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlRawAsync("LOCK TABLE permission_types IN SHARE ROW EXCLUSIVE MODE", ct);
        if (await db.Permissions.AnyAsync(p => p.Types.Any(t => t.Type == PermissionType.GlobalAdmin) && p.Users.Any(u => u.Active), ct))
        {
            return false;
        }

        var (email, password, generated) = await CredentialsAsync(ct);
        var permission = await db.Permissions.FirstOrDefaultAsync(p => p.Types.Any(t => t.Type == PermissionType.GlobalAdmin), ct);
        if (permission is null)
        {
            permission = new Permission { Name = Permission.GlobalAdminName };
            permission.Types.Add(new PermissionTypeEntry { Type = PermissionType.GlobalAdmin });
            db.Permissions.Add(permission);
        }

        permission.Users.Add(await UserAsync(email, password, ct));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);

        if (generated)
        {
            // The one place where it is ever shown; a log would keep it.
            Console.WriteLine($"First administrator: {email} with the password {password} (shown only this once; change it after signing in)");
        }

        return true;
    }

    private async Task<User> UserAsync(string email, string password, CancellationToken ct)
    {
        var user = await db.Users.SingleOrDefaultAsync(u => u.Email == email, ct);
        if (user is null)
        {
            user = new User { Name = "GlobalAdmin", Email = email };
            db.Users.Add(user);
        }

        user.PasswordHash = Passwords.Hash(password);
        user.Active = true;
        return user;
    }

    private async Task<(string Email, string Password, bool Generated)> CredentialsAsync(CancellationToken ct)
    {
        var section = configuration.GetSection("FirstAdministrator");
        if (section["CredentialsFile"] is { Length: > 0 } file)
        {
            var lines = await File.ReadAllLinesAsync(file, ct);
            return lines is [var email, var password, ..]
                ? (email.Trim(), Checked(password.Trim()), false)
                : throw new InvalidOperationException("FirstAdministrator:CredentialsFile must hold two lines: e-mail and password.");
        }

        var configuredEmail = section["Email"] is { Length: > 0 } address ? address : DefaultEmail;
        return section["Password"] is { Length: > 0 } configured
            ? (configuredEmail, Checked(configured), false)
            : (configuredEmail, RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789", 20), true);
    }

    private static string Checked(string password) => password.Length is >= User.PasswordMinLength and <= User.PasswordMaxLength
        ? password
        : throw new InvalidOperationException(
            $"The first administrator's password must have {User.PasswordMinLength} to {User.PasswordMaxLength} characters.");
}
