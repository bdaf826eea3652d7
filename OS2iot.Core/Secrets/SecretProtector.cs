using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace OS2iot.Core.Secrets;

/// <summary>Encrypts secrets that must be shown or used again: device keys, target secrets, passwords of other systems.</summary>
public sealed class SecretProtector(IDataProtectionProvider provider)
{
    private readonly IDataProtector _protector = provider.CreateProtector("OS2iot.Secrets.v1");

    public string Protect(string secret) => _protector.Protect(secret);

    /// <exception cref="CryptographicException">The text was not made with our keys.</exception>
    public string Unprotect(string ciphertext) => _protector.Unprotect(ciphertext);
}
