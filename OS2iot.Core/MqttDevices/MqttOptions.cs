using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.MqttDevices;

/// <summary>Where devices find our broker, and how long we vouch for them.</summary>
public sealed class MqttOptions
{
    public const string Section = "Mqtt";

    /// <summary>The broker's name as devices know it; part of each device's address.</summary>
    [Required]
    [RegularExpression(@"^[A-Za-z0-9._\-:\[\]]+$", ErrorMessage = "Mqtt:PublicHost must be a host name, without scheme and port.")]
    public string PublicHost { get; set; } = "localhost";

    /// <summary>Devices with user name and password.</summary>
    [Range(1, 65535)]
    public int PasswordPort { get; set; } = 8885;

    /// <summary>Devices with a certificate of ours.</summary>
    [Range(1, 65535)]
    public int CertificatePort { get; set; } = 8884;

    /// <summary>Of a device's certificate.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan CertificateLifetime { get; set; } = TimeSpan.FromDays(730);

    /// <summary>Of a device's certificate.</summary>
    [EnumDataType(typeof(CertificateKey))]
    public CertificateKey CertificateKey { get; set; } = CertificateKey.EcdsaP256;

    /// <summary>How long a certificate is good beside its successor, unless whoever asks for one says otherwise.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan CertificateOverlap { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// A PEM file with the authority behind the broker's own certificate, where that was not made by us; shown to devices.
    /// </summary>
    public string? AuthorityFile { get; set; }
}

public enum CertificateKey
{
    EcdsaP256,

    /// <summary>For devices that know no elliptic curves.</summary>
    Rsa2048,
}
