using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace OS2iot.Core.Sigfox;

/// <summary>An API user at Sigfox. Has no text form on purpose.</summary>
public sealed class SigfoxLogin(string username, string password)
{
    private readonly byte[] _bytes = Encoding.UTF8.GetBytes($"{username}:{password}");

    /// <summary>The same for the same login, and tells nobody what it is.</summary>
    internal string Fingerprint { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{username}:{password}")));

    internal AuthenticationHeaderValue ToHeader() => new("Basic", Convert.ToBase64String(_bytes));
}
