using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>Devices' clocks may be behind.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _gate = new(1);

    private X509Certificate2? _authority;

    /// <summary>The authority's certificate, in PEM.</summary>
    public async Task<string> AuthorityAsync(CancellationToken ct) => (await FindAuthorityAsync(ct)).ExportCertificatePem();

    /// <summary>A certificate and its key, both in PEM, whose common name is the device's id: no two devices share one.</summary>
    public async Task<(string Certificate, string Key)> IssueAsync(int deviceId, CancellationToken ct)
    {
        var authority = await FindAuthorityAsync(ct);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(NameOf(deviceId), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));

        var now = clock.GetUtcNow();
        using var certificate = request.Create(authority, now - Backdated, now + options.Value.CertificateLifetime, NewSerial());
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        _gate.Dispose();
        _authority?.Dispose();
    }

    private static X500DistinguishedName NameOf(int deviceId)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(deviceId.ToString(CultureInfo.InvariantCulture));
        return name.Build();
    }

    // 16 random bytes, positive.
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x01);
        return serial;
    }

    private async Task<X509Certificate2> FindAuthorityAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _authority) is { } known && IsGoodUntil(known.NotAfter))
        {
            return known;
        }

        await _gate.WaitAsync(ct);
        try
        {
            if (_authority is null || !IsGoodUntil(_authority.NotAfter))
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

    private async Task<X509Certificate2> ReadOrMakeAsync(CancellationToken ct)
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

        return X509Certificate2.CreateFromPem(newest.Certificate, protector.Unprotect(newest.KeyCiphertext));
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
}
