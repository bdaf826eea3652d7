using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OS2iot.Core.DataTargets.Egress;

/// <summary>
/// Guarded HTTP clients that show a certificate. Each has connections of its own, as those of one identity must never carry
/// another's messages.
/// </summary>
internal sealed class CertifiedClients(GuardedConnection connection)
{
    /// <summary>Beyond that all are forgotten; those in use go on, and close their connections when these were idle for a while.</summary>
    private const int Capacity = 500;

    private readonly ConcurrentDictionary<string, Lazy<HttpClient?>> _clients = new(StringComparer.Ordinal);

    /// <returns>False where the two are no certificate with its key.</returns>
    public bool TryGet(string certificate, string key, [NotNullWhen(true)] out HttpClient? client)
    {
        if (_clients.Count > Capacity)
        {
            _clients.Clear();
        }

        var id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{certificate}\0{key}")));
        client = _clients.GetOrAdd(id, _ => new Lazy<HttpClient?>(() => Make(certificate, key))).Value;
        return client is not null;
    }

    /// <summary>Null where the two are no certificate with its key.</summary>
    public static X509Certificate2? Read(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The client owns the handler, and lives as long as somebody uses it.")]
    private HttpClient? Make(string certificate, string key)
    {
        if (Read(certificate, key) is not { } identity)
        {
            return null;
        }

        var handler = EgressExtensions.Handler(connection);
        handler.SslOptions.ClientCertificates = [identity];
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
