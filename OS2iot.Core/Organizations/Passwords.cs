using System.Security.Cryptography;
using System.Text;
using BC = BCrypt.Net.BCrypt;

namespace OS2iot.Core.Organizations;

/// <summary>Hashes and checks passwords with bcrypt.</summary>
public static class Passwords
{
    public const int Cost = 12;

    /// <summary>bcrypt looks at no more than this.</summary>
    private const int MaxBytes = 72;

    // Somebody must be checked against something when there is no such user, or the time taken tells that there is none.
    private static readonly Lazy<string> NobodysHash = new(() => Hash(Guid.NewGuid().ToString("N")));

    public static string Hash(string password) => BC.HashPassword(Fitting(password), Cost);

    /// <summary>Takes as long without a hash as with one.</summary>
    public static bool Verify(string password, string? hash)
    {
        try
        {
            return (BC.Verify(Fitting(password), hash ?? NobodysHash.Value) || IsCut(password, hash)) && hash is not null;
        }
        catch (BCrypt.Net.SaltParseException)
        {
            return false;
        }
    }

    // OS2IoT cut long ones; their hashes are known by their lower cost.
    private static bool IsCut(string password, string? hash) =>
        hash is not null && Encoding.UTF8.GetByteCount(password) > MaxBytes && NeedsRehash(hash) && BC.Verify(password, hash);

    // A long one would be cut, and two with the same beginning be the same password.
    private static string Fitting(string password) => Encoding.UTF8.GetByteCount(password) <= MaxBytes
        ? password
        : Convert.ToBase64String(SHA384.HashData(Encoding.UTF8.GetBytes(password)));

    /// <summary>The hash was made when a lower cost was enough.</summary>
    public static bool NeedsRehash(string hash) => BC.PasswordNeedsRehash(hash, Cost);
}
