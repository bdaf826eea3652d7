using System.Globalization;
using System.Security.Cryptography;

namespace OS2iot.Core.MqttDevices;

/// <summary>
/// Passwords in the form of mosquitto-go-auth: <c>PBKDF2$sha512$rounds$salt$hash</c>, both in Base64. Length and rounds are read from
/// the text, so hashes made elsewhere stay good.
/// </summary>
public static class MqttPasswordHash
{
    /// <summary>More would hold up whoever adds a thousand devices at once; the password itself is kept too, encrypted.</summary>
    private const int Rounds = 25_000;

    private const int MaxRounds = 1_000_000;

    private const int SaltLength = 16;

    private const int HashLength = 64;

    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA512, HashLength);
        return string.Create(
            CultureInfo.InvariantCulture, $"PBKDF2$sha512${Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    public static bool Verify(string password, string text)
    {
        if (text.Split('$') is not ["PBKDF2", "sha512", var rounds, var salt, var hash]
            || !int.TryParse(rounds, CultureInfo.InvariantCulture, out var count) || count is < 1 or > MaxRounds)
        {
            return false;
        }

        try
        {
            var expected = Convert.FromBase64String(hash);
            return expected.Length > 0 && CryptographicOperations.FixedTimeEquals(
                expected,
                Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(salt), count, HashAlgorithmName.SHA512, expected.Length));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
