using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// How we prove ourselves, and whom we believe: those that the system trusts and, besides, an authority that was given. Nothing
/// switches the check off, and nothing is fetched from addresses in certificates.
/// </summary>
internal sealed class MqttTls : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];
    private readonly X509Certificate2? _certificate;
    private readonly SslStreamCertificateContext? _identity;

    /// <exception cref="MqttSettingsException">The certificates can't be used.</exception>
    public MqttTls(string? authority, string? certificate, string? key)
    {
        try
        {
            if (authority is not null)
            {
                _authorities.ImportFromPem(authority);
            }

            if (certificate is not null)
            {
                _certificate = X509Certificate2.CreateFromPem(certificate, key);
                var chain = new X509Certificate2Collection();
                chain.ImportFromPem(certificate);
                _identity = SslStreamCertificateContext.Create(_certificate, chain, offline: true);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            Dispose();
            throw new MqttSettingsException("The device's certificate, its key or the authority's certificate can't be read, or don't belong together.");
        }
    }

    /// <summary>No certificate of ours; the system's authorities.</summary>
    public static MqttTls Plain { get; } = new(null, null, null);

    public SslClientAuthenticationOptions OptionsFor(string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = _identity,
        CertificateChainPolicy = GuardedConnection.ChainPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, sent, errors) => IsTrusted(certificate, sent, errors),
    };

    public void Dispose()
    {
        _certificate?.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        // The given authority mends an unknown one, nothing else.
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || _authorities.Count == 0 || certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var chain = new X509Chain { ChainPolicy = GuardedConnection.ChainPolicy() };
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(leaf);
    }
}
