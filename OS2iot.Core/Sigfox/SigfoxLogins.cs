using System.Security.Cryptography;
using OS2iot.Core.Secrets;

namespace OS2iot.Core.Sigfox;

/// <summary>Makes logins of what is stored.</summary>
public sealed class SigfoxLogins(SecretProtector protector)
{
    /// <exception cref="SigfoxException">The stored password can't be read.</exception>
    public SigfoxLogin Of(SigfoxGroup group)
    {
        try
        {
            return new SigfoxLogin(group.Username, protector.Unprotect(group.PasswordCiphertext));
        }
        catch (CryptographicException)
        {
            throw new SigfoxException(SigfoxFailure.Unexpected, "The stored SigFox password can't be read. Save it again.");
        }
    }
}
