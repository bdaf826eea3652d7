using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;
using OS2iot.Core.SignIn;
using OtpNet;

namespace OS2iot.Api.Auth;

/// <summary>One-time codes of an app (RFC 6238), and the codes on paper that stand in for it. Each is taken once.</summary>
internal sealed class OneTimeCodes(AppDbContext db, SecretProtector protector, LookupHash hash, TimeProvider clock)
{
    private const int RecoveryCodes = 10;

    private const int RecoveryCodeLength = 12;

    private const int SecretBytes = 20;

    private const string Issuer = "OS2iot";

    // Letters and digits that nobody mixes up: 32 of them, so twelve are 60 bits.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    public static string NewSecret() => Base32Encoding.ToString(RandomNumberGenerator.GetBytes(SecretBytes)).TrimEnd('=');

    /// <summary>What an app reads from a picture.</summary>
    public static string AddressOf(string secret, string account) =>
        $"otpauth://totp/{Uri.EscapeDataString(Issuer)}:{Uri.EscapeDataString(account)}?secret={secret}&issuer={Uri.EscapeDataString(Issuer)}";

    /// <summary>The step of a code that is right by now, or null. A step is half a minute; one before and one after are taken too.</summary>
    public long? StepOf(string secret, string code)
    {
        var digits = string.Concat(code.Where(char.IsAsciiDigit));
        var totp = new Totp(Base32Encoding.ToBytes(secret));
        return digits.Length == code.Trim().Replace(" ", "", StringComparison.Ordinal).Length
            && totp.VerifyTotp(clock.GetUtcNow().UtcDateTime, digits, out var step, new VerificationWindow(previous: 1, future: 1))
            ? step
            : null;
    }

    /// <summary>False when the code is wrong or was used before.</summary>
    public async Task<bool> TakeAsync(int userId, string code, CancellationToken ct)
    {
        var ciphertext = await db.Users.Where(u => u.Id == userId).Select(u => u.TotpSecretCiphertext).SingleOrDefaultAsync(ct);
        if (ciphertext is not null && StepOf(protector.Unprotect(ciphertext), code) is { } step)
        {
            return await db.Users.Where(u => u.Id == userId && (u.TotpStep == null || u.TotpStep < step))
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.TotpStep, step), ct) == 1;
        }

        var given = HashOf(userId, code);
        return await db.RecoveryCodes.Where(c => c.UserId == userId && c.Hash == given).ExecuteDeleteAsync(ct) == 1;
    }

    /// <summary>New codes for paper instead of those that are left. Part of what the context saves next.</summary>
    public async Task<IReadOnlyList<string>> RenewRecoveryCodesAsync(int userId, CancellationToken ct)
    {
        db.RecoveryCodes.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == userId).ToListAsync(ct));
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString(Alphabet, RecoveryCodeLength)).Distinct().ToList();
        db.RecoveryCodes.AddRange(codes.Select(c => new RecoveryCode { UserId = userId, Hash = HashOf(userId, c) }));
        return [.. codes.Select(c => $"{c[..4]}-{c[4..8]}-{c[8..]}")];
    }

    private byte[] HashOf(int userId, string code)
    {
        var plain = string.Concat(code.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return hash.Of($"recovery code of {userId}: {plain}");
    }
}
