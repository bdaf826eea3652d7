using System.Security.Cryptography;
using System.Text;

namespace OS2iot.Core.Secrets;

/// <summary>
/// Finds a row by a secret without keeping the secret: HMAC-SHA256 under a key that is not in the database, so a stolen database
/// doesn't even tell whether a guess is right.
/// </summary>
public sealed class LookupHash(MasterKey masterKey)
{
    private readonly byte[] _key = masterKey.DeriveFor("lookup hash");

    /// <summary>32 bytes.</summary>
    public byte[] Of(string secret) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(secret));
}
