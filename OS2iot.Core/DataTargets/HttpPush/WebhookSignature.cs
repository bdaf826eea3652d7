using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>The signature of Standard Webhooks: HMAC-SHA256 over id, time and body.</summary>
public static class WebhookSignature
{
    /// <summary>24 to 64 bytes in base64, with or without the prefix.</summary>
    internal const string SecretPattern = "^(whsec_)?[A-Za-z0-9+/]{32,88}={0,2}$";

    private const string Prefix = "whsec_";

    private const int SecretBytes = 32;

    /// <summary>A new secret, such as <c>whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…</c></summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The header's value: one signature for each secret; null where a secret is none.</summary>
    internal static string? Of(Guid id, DateTimeOffset at, ReadOnlySpan<byte> body, IEnumerable<string> secrets)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}."));
        var signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed.AsSpan(head.Length));

        var signatures = new List<string>(2);
        foreach (var secret in secrets)
        {
            var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
            var key = new byte[text.Length];
            if (!Convert.TryFromBase64String(text, key, out var length))
            {
                return null;
            }

            signatures.Add("v1," + Convert.ToBase64String(HMACSHA256.HashData(key.AsSpan(0, length), signed)));
        }

        return string.Join(' ', signatures);
    }
}
