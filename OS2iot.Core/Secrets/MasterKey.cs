using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace OS2iot.Core.Secrets;

/// <summary>Keys for separate purposes, derived from the configured master key by HKDF-SHA256 (RFC 5869).</summary>
public sealed class MasterKey(IOptions<SecretsOptions> options)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(options.Value.MasterKey);

    /// <summary>32 bytes that are the same in every host for the same purpose.</summary>
    public byte[] DeriveFor(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, outputLength: 32, info: Encoding.UTF8.GetBytes("OS2iot " + purpose));
}
