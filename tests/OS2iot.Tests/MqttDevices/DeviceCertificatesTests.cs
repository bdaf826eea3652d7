using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.MqttDevices;

public sealed class DeviceCertificatesTests(Fakes.PostgreSql postgres) : IAsyncLifetime
{
    private readonly ApiHost _api = new(postgres);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _api.InitializeAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Authority_WhenManyHostsNeedTheFirst_IsOne()
    {
        var hosts = Enumerable.Range(0, 6).Select(_ => Certificates()).ToList();

        var authorities = await Task.WhenAll(hosts.Select(h => Task.Run(() => h.AuthorityAsync(Ct))));

        Assert.Single(authorities.Distinct());
        Assert.Equal(1, await _api.Database.ScalarAsync<long>("SELECT count(*) FROM device_authorities"));
        Assert.Equal(0, await _api.Database.ScalarAsync<long>("SELECT count(*) FROM device_authorities WHERE key_ciphertext LIKE '%PRIVATE%'"));
        hosts.ForEach(h => h.Dispose());
    }

    [Fact]
    public async Task Authority_WhenItWouldEndBeforeACertificate_IsReplaced()
    {
        using var certificates = Certificates();
        var first = await certificates.AuthorityAsync(Ct);
        _clock.Advance(TimeSpan.FromDays(9 * 365));
        Assert.Equal(first, await certificates.AuthorityAsync(Ct));

        _clock.Advance(TimeSpan.FromDays(2 * 365));

        Assert.NotEqual(first, await certificates.AuthorityAsync(Ct));
        Assert.Equal(2, await _api.Database.ScalarAsync<int>("SELECT max(generation) FROM device_authorities"));
    }

    [Theory]
    [InlineData(CertificateKey.EcdsaP256, "1.2.840.10045.2.1")]
    [InlineData(CertificateKey.Rsa2048, "1.2.840.113549.1.1.1")]
    public async Task Certificate_OfEachKindOfKey_IsVouchedForByTheAuthority(CertificateKey kind, string algorithm)
    {
        using var certificates = Certificates(new MqttOptions { CertificateKey = kind });

        var (certificate, key, row) = await certificates.IssueAsync(4711, Ct);

        using var issued = X509Certificate2.CreateFromPem(certificate, key);
        using var authority = X509Certificate2.CreateFromPem(await certificates.AuthorityAsync(Ct));
        Assert.Equal(("CN=4711", algorithm), (issued.Subject, issued.GetKeyAlgorithm()));
        Assert.Equal(row.Serial, issued.SerialNumber, ignoreCase: true);
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = _clock.GetUtcNow().LocalDateTime,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        Assert.True(chain.Build(issued), string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation)));
    }

    [Fact]
    public async Task BrokerCertificate_WhenOneAuthorityFollowsAnother_IsOfTheOneThatAllDevicesKnow()
    {
        using var certificates = Certificates(new MqttOptions { PublicHost = "mqtt.example.dk" });
        await using var db = _api.Database.CreateContext();
        var first = await certificates.AuthorityAsync(Ct);
        var (chain, _) = await certificates.IssueForBrokerAsync(db, Ct);
        Assert.True(await certificates.IsGoodForBrokerAsync(db, chain, Ct));
        using var other = Certificates(new MqttOptions { PublicHost = "other.example.dk" });
        Assert.False(await other.IsGoodForBrokerAsync(db, chain, Ct));

        _clock.Advance(TimeSpan.FromDays(365 * 10.5));

        Assert.False(await certificates.IsGoodForBrokerAsync(db, chain, Ct));
        (chain, _) = await certificates.IssueForBrokerAsync(db, Ct);
        Assert.Contains(first, chain, StringComparison.Ordinal);

        // Devices made from now on know both.
        var both = await certificates.AuthorityAsync(Ct);
        Assert.NotEqual(first, both);
        Assert.Contains(first, both, StringComparison.Ordinal);
        Assert.Equal(2, (await certificates.TrustAsync(db, Ct)).Split("BEGIN X509 CRL").Length - 1);
    }

    [Fact]
    public async Task Trust_WhenACertificateIsToBeRevoked_ListsItFromThenOn()
    {
        using var certificates = Certificates();
        await using var db = _api.Database.CreateContext();
        var (_, _, row) = await certificates.IssueAsync(1, Ct);
        row.RevokedAt = _clock.GetUtcNow().AddDays(1);
        db.IssuedCertificates.Add(row);
        await db.SaveChangesAsync(Ct);

        Assert.False(await IsListedAsync());
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await IsListedAsync());

        async Task<bool> IsListedAsync()
        {
            var trust = await certificates.TrustAsync(db, Ct);
            var list = CertificateRevocationListBuilder.LoadPem(trust[trust.IndexOf("-----BEGIN X509 CRL", StringComparison.Ordinal)..], out _);
            return list.RemoveEntry(Convert.FromHexString(row.Serial));
        }
    }

    private DeviceCertificates Certificates(MqttOptions? options = null) => new(
        _api.Services.GetRequiredService<IServiceScopeFactory>(), _api.Services.GetRequiredService<SecretProtector>(), Options.Create(options ?? new MqttOptions()), _clock);
}
