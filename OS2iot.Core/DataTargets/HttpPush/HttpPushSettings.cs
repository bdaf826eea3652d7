using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>What a user fills in for a target that takes JSON by HTTP POST or PUT.</summary>
public sealed class HttpPushSettings : IHasDestinations
{
    /// <summary>The body is the decoder's output and nothing else.</summary>
    public const string Decoded = "DECODED";

    /// <summary>The body also says whose message it is, and when it came.</summary>
    public const string Envelope = "ENVELOPE";

    [Required, Url, MaxLength(1024)]
    [Display(Name = "URL")]
    public string Url { get; set; } = "";

    /// <summary>Milliseconds for the whole exchange. More than 10 seconds is treated as 10 seconds.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Timeout")]
    public int Timeout { get; set; } = 10_000;

    /// <summary>The whole value of the <c>Authorization</c> header.</summary>
    [DataType(DataType.Password)]
    [Display(Name = "Authorization header")]
    public string? AuthorizationHeader { get; set; }

    /// <summary>POST when empty.</summary>
    [AllowedValues("POST", "PUT")]
    [Display(Name = "Method")]
    public string? Method { get; set; }

    /// <summary><see cref="Decoded"/> when empty.</summary>
    [AllowedValues(Decoded, Envelope)]
    [Display(Name = "Body")]
    public string? BodyFormat { get; set; }

    /// <summary>Basic authentication; used where there is no authorization header.</summary>
    [MaxLength(255)]
    [Display(Name = "User name")]
    public string? BasicUsername { get; set; }

    [DataType(DataType.Password), MaxLength(255)]
    [Display(Name = "Password")]
    public string? BasicPassword { get; set; }

    /// <summary>Further headers, each on a line of its own: <c>X-Api-Key: value</c>.</summary>
    [DataType(DataType.Password), MaxLength(4096)]
    [Display(Name = "Headers")]
    public string? Headers { get; set; }

    /// <summary>Parameters added to the URL's own, each on a line of its own: <c>key=value</c>.</summary>
    [DataType(DataType.Password), MaxLength(4096)]
    [Display(Name = "URL parameters")]
    public string? UrlParameters { get; set; }

    /// <summary>Where an OAuth2 access token is had for client id and secret. Comes before the other ways to authenticate.</summary>
    [Url, MaxLength(1024)]
    [Display(Name = "Token endpoint")]
    public string? TokenEndpoint { get; set; }

    [MaxLength(1024)]
    [Display(Name = "Client ID")]
    public string? ClientId { get; set; }

    [DataType(DataType.Password)]
    [Display(Name = "Client secret")]
    public string? ClientSecret { get; set; }

    [MaxLength(1024)]
    [Display(Name = "Scope")]
    public string? TokenScope { get; set; }

    /// <summary>The certificate that we show, as PEM, with those that lead to its root after it.</summary>
    [MaxLength(32_768)]
    [Display(Name = "Client certificate")]
    public string? ClientCertificate { get; set; }

    /// <summary>Its private key as PEM, not encrypted: we encrypt it.</summary>
    [DataType(DataType.Password), MaxLength(32_768)]
    [Display(Name = "Client key")]
    public string? ClientKey { get; set; }

    /// <summary>Signs each message as Standard Webhooks says: <c>whsec_</c> and the key in base64.</summary>
    [DataType(DataType.Password), RegularExpression(WebhookSignature.SecretPattern)]
    [Display(Name = "Signing secret")]
    public string? SigningSecret { get; set; }

    /// <summary>Signs too, while the receiver goes over to the other one.</summary>
    [DataType(DataType.Password), RegularExpression(WebhookSignature.SecretPattern)]
    [Display(Name = "Previous signing secret")]
    public string? PreviousSigningSecret { get; set; }

    IEnumerable<Uri> IHasDestinations.Destinations => Destinations.Of(Url, TokenEndpoint);
}
