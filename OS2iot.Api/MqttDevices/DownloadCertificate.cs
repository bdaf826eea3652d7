using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.MqttDevices;

internal sealed class DownloadCertificateRequest : IBodyRequest
{
    public const string Pem = "PEM";

    public const string Pkcs12 = "PKCS12";

    private const int PasswordMaxLength = 128;

    public static Shape Shape { get; } = new()
    {
        ["format"] = Is.OneOf([Pem, Pkcs12]),
        ["password"] = Is.Text().Length(1, PasswordMaxLength).Optional(),
    };

    /// <summary>PEM or PKCS12.</summary>
    public string Format { get; init; } = Pem;

    /// <summary>Protects a PKCS12 file; must be there for one.</summary>
    public string? Password { get; init; }
}

/// <summary>
/// The certificate of a device at our broker as a file, with its key and the broker's authority. Asked for by POST, so that neither the
/// key nor the password is ever in an address or a cache.
/// </summary>
[SucceedsWith(StatusCodes.Status200OK)]
[Answers(typeof(string), "application/x-pem-file", Example = "-----BEGIN PRIVATE KEY-----\n...")]
internal sealed class DownloadCertificate(AppDbContext db, Caller caller, SecretProtector protector) : Endpoint<DownloadCertificateRequest>
{
    private static readonly PbeParameters Protection = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 100_000);

    public override void Configure()
    {
        Post("iot-device/{id}/certificate/download");
        Policies(Role.Read);
    }

    public override async Task HandleAsync(DownloadCertificateRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.CertificateDeviceAsync(id, caller, ct);
        if (device.DeviceCertificate is not { } certificate || device.DeviceCertificateKeyCiphertext is not { } ciphertext)
        {
            throw Refusal.Device("The device has no certificate");
        }

        var key = protector.Unprotect(ciphertext);
        HttpContext.Response.Headers.CacheControl = "no-store";
        if (request.Format == DownloadCertificateRequest.Pem)
        {
            var text = string.Join('\n', new[] { key, certificate, device.CaCertificate }.OfType<string>().Select(p => p.Trim())) + "\n";
            await Send.BytesAsync(Encoding.ASCII.GetBytes(text), $"device-{id}.pem", "application/x-pem-file", cancellation: ct);
            return;
        }

        var password = request.Password ?? throw Refusal.Device("password must be sent for a PKCS12 file");
        await Send.BytesAsync(InPkcs12(certificate, key, device.CaCertificate, password), $"device-{id}.p12", "application/x-pkcs12", cancellation: ct);
    }

    private static byte[] InPkcs12(string certificate, string key, string? authorities, string password)
    {
        var all = new X509Certificate2Collection();
        if (authorities is not null)
        {
            all.ImportFromPem(authorities);
        }

        all.Insert(0, X509Certificate2.CreateFromPem(certificate, key));
        try
        {
            return all.ExportPkcs12(Protection, password);
        }
        finally
        {
            foreach (var one in all)
            {
                one.Dispose();
            }
        }
    }
}
