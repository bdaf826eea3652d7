using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace OS2iot.Core.Secrets;

/// <summary>Encrypts secrets that must be shown or used again: device keys, target secrets, passwords of other systems.</summary>
public sealed class SecretProtector(IDataProtectionProvider provider)
{
    private readonly IDataProtector _protector = provider.CreateProtector("OS2iot.Secrets.v1");

    public string Protect(string secret) => _protector.Protect(secret);

    /// <summary>
    /// What is stored, where that already holds the secret: encrypted anew it would look like another one, to caches and in the
    /// audit log.
    /// </summary>
    public string Protect(string secret, string? stored)
    {
        try
        {
            return stored is { Length: > 0 } && Unprotect(stored) == secret ? stored : Protect(secret);
        }
        catch (CryptographicException)
        {
            return Protect(secret);
        }
    }

    /// <exception cref="CryptographicException">The text was not made with our keys.</exception>
    public string Unprotect(string ciphertext) => _protector.Unprotect(ciphertext);
}
