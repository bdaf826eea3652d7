using System.Security.Cryptography;
using System.Text;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;
using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.MqttExternalBroker;

/// <summary>What a device's user filled in to have us subscribe at a broker, and whose messages these are. Secrets are encrypted.</summary>
internal sealed record ExternalBroker
{
    private const string NoAddress = "The address must be like mqtts://broker.example.dk; mqtt, mqtts, ws and wss are known.";
    private const string NoTopic = "The topic is not one that can be subscribed to: + stands for one whole level, # for all that follow and comes last.";

    public required int DeviceId { get; init; }

    public required int ApplicationId { get; init; }

    public required int OrganizationId { get; init; }

    /// <summary>With the id it tells this installation's device from that of another at the same broker.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public required string? Url { get; init; }

    public required int? Port { get; init; }

    public required string? Topic { get; init; }

    public required int Qos { get; init; }

    public required MqttAuthentication Authentication { get; init; }

    public required string? Username { get; init; }

    public required string? PasswordCiphertext { get; init; }

    public required string? CaCertificate { get; init; }

    public required string? Certificate { get; init; }

    public required string? CertificateKeyCiphertext { get; init; }

    /// <summary>
    /// 23 letters and digits, which is what every broker takes. Another topic is another session: what an old one still holds is not
    /// wanted any more.
    /// </summary>
    public string ClientId
    {
        get
        {
            var what = $"{DeviceId} {CreatedAt.UtcTicks} {Qos} {Topic}";
            return string.Concat("os2iot", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what))).AsSpan(0, 17));
        }
    }

    /// <exception cref="MqttSettingsException">Nothing can be done with them.</exception>
    public MqttEndpoint ToEndpoint(SecretProtector protector)
    {
        if (!MqttEndpoint.TryParse(Url, Port ?? 0, out var endpoint))
        {
            throw new MqttSettingsException(NoAddress);
        }

        if (!IsFilter(Topic))
        {
            throw new MqttSettingsException(NoTopic);
        }

        try
        {
            return endpoint with
            {
                Username = Username,
                Password = PasswordCiphertext is null ? null : protector.Unprotect(PasswordCiphertext),
                Authority = CaCertificate,
                Certificate = Certificate,
                CertificateKey = CertificateKeyCiphertext is null ? null : protector.Unprotect(CertificateKeyCiphertext),
            };
        }
        catch (CryptographicException)
        {
            throw new MqttSettingsException("The stored password or key can't be read any more; save it again.");
        }
    }

    internal static bool IsFilter(string? topic)
    {
        if (string.IsNullOrEmpty(topic) || topic.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(topic) > ushort.MaxValue)
        {
            return false;
        }

        var levels = topic.Split('/');
        for (var i = 0; i < levels.Length; i++)
        {
            if ((levels[i].Contains('#', StringComparison.Ordinal) && (levels[i] != "#" || i < levels.Length - 1))
                || (levels[i].Contains('+', StringComparison.Ordinal) && levels[i] != "+"))
            {
                return false;
            }
        }

        return true;
    }
}
