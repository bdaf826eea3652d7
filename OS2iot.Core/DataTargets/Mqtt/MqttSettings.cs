using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace OS2iot.Core.DataTargets.Mqtt;

/// <summary>What a user fills in for a broker that takes messages on a topic.</summary>
public sealed class MqttSettings : IHasDestinations
{
    /// <summary><c>mqtts://host</c> is encrypted, <c>mqtt://host</c> is not. A port in it does not count.</summary>
    [Required, Url, Schemes("mqtt", "mqtts"), MaxLength(1024)]
    [Display(Name = "Broker URL")]
    public string Url { get; set; } = "";

    /// <summary>Milliseconds for one message, with the connection where there is none yet. More than 10 seconds is treated as 10 seconds.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Timeout")]
    public int Timeout { get; set; } = 10_000;

    [Range(1025, 65_535)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    [Display(Name = "Port")]
    public int MqttPort { get; set; } = 8883;

    /// <summary>May hold <c>{organizationId}</c>, <c>{applicationId}</c> and <c>{deviceId}</c>.</summary>
    [Required, MinLength(1), MaxLength(100), RegularExpression("^[^+#]*$")]
    [Display(Name = "Topic")]
    public string MqttTopic { get; set; } = "";

    /// <summary>0 is delivered when sent, 1 when the broker acknowledged, 2 when it completed.</summary>
    [AllowedValues(0, 1, 2)]
    [Display(Name = "QoS")]
    public int MqttQos { get; set; } = 1;

    [Required, MinLength(1), MaxLength(100)]
    [Display(Name = "User name")]
    public string MqttUsername { get; set; } = "";

    [Required, MinLength(1), MaxLength(100), DataType(DataType.Password)]
    [Display(Name = "Password")]
    public string MqttPassword { get; set; } = "";

    /// <summary>The broker keeps the newest message of each topic for those who come later.</summary>
    [Display(Name = "Retain")]
    public bool? MqttRetain { get; set; }

    /// <summary>The certificate that we show, as PEM.</summary>
    [MaxLength(32_768)]
    [Display(Name = "Client certificate")]
    public string? ClientCertificate { get; set; }

    /// <summary>Its private key as PEM, not encrypted: we encrypt it.</summary>
    [DataType(DataType.Password), MaxLength(32_768)]
    [Display(Name = "Client key")]
    public string? ClientKey { get; set; }

    /// <summary>Who signed the broker's certificate, as PEM, where that is nobody whom everybody trusts.</summary>
    [MaxLength(32_768)]
    [Display(Name = "CA certificate")]
    public string? CaCertificate { get; set; }

    IEnumerable<Uri> IHasDestinations.Destinations => Destinations.Of(Url).Select(url => new UriBuilder(url) { Port = MqttPort }.Uri);
}
