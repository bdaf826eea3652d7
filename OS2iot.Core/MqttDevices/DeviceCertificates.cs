using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;

namespace OS2iot.Core.MqttDevices;

/// <summary>
/// Makes certificates for devices at our broker. The authority behind them is made at first use and kept in the database, its key
/// encrypted; it is replaced in time to outlive every certificate that it signs.
/// </summary>
public sealed class DeviceCertificates(
    IServiceScopeFactory scopes, SecretProtector protector, IOptions<MqttOptions> options, TimeProvider clock) : IDisposable
{
    private const int AuthorityYears = 10;

    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Renewed by itself long before.</summary>
    private static readonly TimeSpan BrokerLifetime = TimeSpan.FromDays(397);

    /// <summary>Devices' clocks may be behind.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _gate = new(1);

    private Authority? _authority;
    private volatile Trust? _trust;

    /// <summary>What a device needs to know our broker by: PEM, more than one certificate while one authority follows another.</summary>
    public async Task<string> AuthorityAsync(CancellationToken ct) => options.Value.AuthorityFile is { Length: > 0 } file
        ? await File.ReadAllTextAsync(file, ct)
        : (await FindAuthorityAsync(ct)).Bundle;

    /// <summary>
    /// A certificate and its key, both in PEM, whose common name is the device's id: no two devices share one. The caller saves the row
    /// that tells of it, together with the device.
    /// </summary>
    public async Task<(string Certificate, string Key, IssuedCertificate Row)> IssueAsync(int deviceId, CancellationToken ct)
    {
        var authority = await FindAuthorityAsync(ct);
        using var key = NewKey();
        var serial = NewSerial();
        using var certificate = Sign(authority.Certificate, key, NameOf(deviceId), ClientAuthentication, host: null, serial, options.Value.CertificateLifetime);
        var row = new IssuedCertificate
        {
            DeviceId = deviceId,
            Generation = authority.Generation,
            Serial = Convert.ToHexStringLower(serial),
            NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero),
        };
        return (certificate.ExportCertificatePem(), PrivateKeyPem(key), row);
    }

    /// <summary>
    /// The broker's own certificate with what vouches for it, and its key, both in PEM. By the oldest authority that lasts: devices that
    /// were set up long ago know no other.
    /// </summary>
    public async Task<(string Chain, string Key)> IssueForBrokerAsync(AppDbContext db, CancellationToken ct)
    {
        var oldest = await OldestAsync(db, ct);
        using var authority = X509Certificate2.CreateFromPem(oldest.Certificate, protector.Unprotect(oldest.KeyCiphertext));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var host = options.Value.PublicHost.Trim('[', ']');
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(host.Length <= 64 ? host : "OS2iot broker");
        using var certificate = Sign(authority, key, name.Build(), ServerAuthentication, host, NewSerial(), BrokerLifetime);
        return (certificate.ExportCertificatePem() + "\n" + oldest.Certificate + "\n", PrivateKeyPem(key));
    }

    /// <summary>Whether a certificate that was made for the broker is good for a while.</summary>
    public async Task<bool> IsGoodForBrokerAsync(AppDbContext db, string chain, CancellationToken ct)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(chain);
            return certificate.MatchesHostname(options.Value.PublicHost.Trim('[', ']'))
                && chain.Contains((await OldestAsync(db, ct)).Certificate, StringComparison.Ordinal)
                && certificate.NotAfter.ToUniversalTime() > (clock.GetUtcNow() + (BrokerLifetime / 4)).UtcDateTime;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Who may vouch for devices, and which of their certificates are good no more: all authorities, each with its list, in PEM.</summary>
    public async Task<string> TrustAsync(AppDbContext db, CancellationToken ct)
    {
        await FindAuthorityAsync(ct);
        var now = clock.GetUtcNow();
        var authorities = await db.DeviceAuthorities.AsNoTracking().Where(a => a.NotAfter > now).OrderBy(a => a.Generation).ToListAsync(ct);
        var revoked = await db.IssuedCertificates.AsNoTracking().Where(c => c.RevokedAt <= now && c.NotAfter > now).OrderBy(c => c.Id)
            .Select(c => new { c.Generation, c.Serial, RevokedAt = c.RevokedAt!.Value }).ToListAsync(ct);
        var content = string.Join(' ', authorities.Select(a => a.Certificate).Concat(revoked.Select(r => r.Serial)));
        if (_trust is { } last && last.Content == content)
        {
            return last.Text; // signed anew it would look like another, and the broker would read all its files again
        }

        var text = new StringBuilder();
        foreach (var authority in authorities)
        {
            text.Append(authority.Certificate).Append('\n');
        }

        foreach (var authority in authorities)
        {
            using var certificate = X509Certificate2.CreateFromPem(authority.Certificate, protector.Unprotect(authority.KeyCiphertext));
            var list = new CertificateRevocationListBuilder();
            foreach (var entry in revoked.Where(r => r.Generation == authority.Generation))
            {
                list.AddEntry(Convert.FromHexString(entry.Serial), entry.RevokedAt, X509RevocationReason.CessationOfOperation);
            }

            // Good for as long as the authority: a broker that is told nothing new must not turn every device away.
            text.Append(PemEncoding.Write("X509 CRL", list.Build(
                certificate, now.ToUnixTimeMilliseconds(), authority.NotAfter, HashAlgorithmName.SHA256, thisUpdate: now - Backdated))).Append('\n');
        }

        var trust = new Trust(content, text.ToString());
        _trust = trust;
        return trust.Text;
    }

    public void Dispose()
    {
        _gate.Dispose();
        _authority?.Certificate.Dispose();
    }

    private static X500DistinguishedName NameOf(int deviceId)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(deviceId.ToString(CultureInfo.InvariantCulture));
        return name.Build();
    }

    private AsymmetricAlgorithm NewKey() => options.Value.CertificateKey == CertificateKey.Rsa2048
        ? RSA.Create(2048)
        : ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static string PrivateKeyPem(AsymmetricAlgorithm key) => key.ExportPkcs8PrivateKeyPem();

    private X509Certificate2 Sign(
        X509Certificate2 authority, AsymmetricAlgorithm key, X500DistinguishedName name, string use, string? host, byte[] serial, TimeSpan lifetime)
    {
        var request = key is RSA rsa
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        // Not by the request itself: that signs with a key of the same kind as its own only.
        using var signer = authority.GetECDsaPrivateKey()!;
        var now = clock.GetUtcNow();
        return request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now - Backdated, now + lifetime, serial);
    }

    // 16 random bytes, positive.
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x01);
        return serial;
    }

    private async Task<Authority> FindAuthorityAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _authority) is { } known && IsGoodUntil(known.Certificate.NotAfter))
        {
            return known;
        }

        await _gate.WaitAsync(ct);
        try
        {
            if (_authority is null || !IsGoodUntil(_authority.Certificate.NotAfter))
            {
                // The former stays alive: somebody may be signing with it.
                Volatile.Write(ref _authority, await ReadOrMakeAsync(ct));
            }

            return _authority!;
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool IsGoodUntil(DateTimeOffset notAfter) => notAfter > clock.GetUtcNow() + options.Value.CertificateLifetime;

    private async Task<DeviceAuthority> OldestAsync(AppDbContext db, CancellationToken ct)
    {
        await FindAuthorityAsync(ct);
        var needed = clock.GetUtcNow() + BrokerLifetime;
        return await db.DeviceAuthorities.AsNoTracking().Where(a => a.NotAfter > needed).OrderBy(a => a.Generation).FirstAsync(ct);
    }

    private async Task<Authority> ReadOrMakeAsync(CancellationToken ct)
    {
        // A scope of its own: what the caller is about to save is not to be saved here.
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var newest = await NewestAsync(db, ct);
        if (newest is null || !IsGoodUntil(newest.NotAfter))
        {
            db.DeviceAuthorities.Add(Make((newest?.Generation ?? 0) + 1));
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateException exception) when (
                exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // Another host made this generation at the same moment.
                db.ChangeTracker.Clear();
            }

            newest = await NewestAsync(db, ct) ?? throw new InvalidOperationException("The authority for device certificates is gone.");
        }

        var now = clock.GetUtcNow();
        var all = await db.DeviceAuthorities.Where(a => a.NotAfter > now).OrderByDescending(a => a.Generation).Select(a => a.Certificate).ToListAsync(ct);
        return new Authority(
            newest.Generation, X509Certificate2.CreateFromPem(newest.Certificate, protector.Unprotect(newest.KeyCiphertext)), string.Join('\n', all));
    }

    private static Task<DeviceAuthority?> NewestAsync(AppDbContext db, CancellationToken ct) =>
        db.DeviceAuthorities.AsNoTracking().OrderByDescending(a => a.Generation).FirstOrDefaultAsync(ct);

    private DeviceAuthority Make(int generation)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName("OS2iot");
        name.AddCommonName(string.Create(CultureInfo.InvariantCulture, $"OS2iot devices {generation}"));
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        var now = clock.GetUtcNow();
        var notAfter = now.AddYears(AuthorityYears) + options.Value.CertificateLifetime;
        using var certificate = request.CreateSelfSigned(now - Backdated, notAfter);
        return new DeviceAuthority
        {
            Generation = generation,
            Certificate = certificate.ExportCertificatePem(),
            KeyCiphertext = protector.Protect(key.ExportPkcs8PrivateKeyPem()),
            NotAfter = notAfter,
        };
    }

    private sealed record Authority(int Generation, X509Certificate2 Certificate, string Bundle);

    private sealed record Trust(string Content, string Text);
}
