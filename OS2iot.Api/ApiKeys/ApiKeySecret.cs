using System.Security.Cryptography;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.ApiKeys;

/// <summary>Makes keys. What is made is shown once; only its hash and its first characters are kept.</summary>
internal sealed class ApiKeySecret(LookupHash lookupHash)
{
    /// <summary>By which people and secret scanners know what they found.</summary>
    public const string Prefix = "os2iot_";

    /// <summary>Longer texts are no keys of ours, nor of OS2IoT, whose keys are UUIDs.</summary>
    public const int MaxLength = 200;

    private const int Bytes = 32;

    private const int ShownCharacters = 4;

    /// <summary>A key and a hash to keep.</summary>
    public (string Key, byte[] Hash, string Shown) Create()
    {
        var key = Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return (key, HashOf(key), key[..(Prefix.Length + ShownCharacters)]);
    }

    public byte[] HashOf(string key) => lookupHash.Of(key);

    /// <summary>What lists show instead of the key.</summary>
    public static string Masked(ApiKey key) => key.KeyPrefix + "…";
}
