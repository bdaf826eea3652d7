using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets.Mqtt;

/// <summary>Who we are to a broker, and by whom its certificate must be signed.</summary>
internal sealed class MqttTls
{
    private readonly X509Certificate2Collection _authorities;

    private MqttTls(X509Certificate2Collection identity, X509Certificate2Collection authorities) =>
        (Identity, _authorities) = (identity, authorities);

    /// <summary>Empty where we show no certificate.</summary>
    public X509Certificate2Collection Identity { get; }

    /// <summary>Null where a certificate or its key can't be read.</summary>
    public static MqttTls? Read(Broker broker)
    {
        var (identity, authorities) = (new X509Certificate2Collection(), new X509Certificate2Collection());
        if (broker.ClientCertificate.Length > 0)
        {
            if (CertifiedClients.Read(broker.ClientCertificate, broker.ClientKey) is not { } certificate)
            {
                return null;
            }

            identity.Add(certificate);
        }

        try
        {
            authorities.ImportFromPem(broker.CaCertificate);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return broker.CaCertificate.Length > 0 && authorities.Count == 0 ? null : new MqttTls(identity, authorities);
    }

    /// <summary>The name must always be right; the signature is ours to judge only where we were told by whom it is.</summary>
    public bool Trusts(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None && _authorities.Count == 0)
        {
            return true;
        }

        if (_authorities.Count == 0 || certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var chain = new X509Chain { ChainPolicy = GuardedConnection.ChainPolicy() };
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        using var own = new X509Certificate2(certificate);
        return chain.Build(own);
    }
}
