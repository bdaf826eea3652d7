using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.DataTargets.Fiware;

/// <summary>What a user fills in for a context broker that takes NGSI-LD entities.</summary>
public sealed class FiwareSettings : IHasDestinations
{
    /// <summary>The broker's own address, without <c>/ngsi-ld/v1</c>.</summary>
    [Required, Url, MaxLength(1024)]
    [Display(Name = "Context broker URL")]
    public string Url { get; set; } = "";

    /// <summary>Milliseconds for one exchange. More than 10 seconds is treated as 10 seconds.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Timeout")]
    public int Timeout { get; set; } = 10_000;

    /// <summary>The <c>NGSILD-Tenant</c>; empty for the broker's default.</summary>
    [MaxLength(1024)]
    [Display(Name = "Tenant")]
    public string? Tenant { get; set; }

    /// <summary>Address of the JSON-LD context of entities that carry none.</summary>
    [MaxLength(1024)]
    [Display(Name = "Context")]
    public string? Context { get; set; }

    /// <summary>The whole value of the <c>Authorization</c> header. Not used together with <see cref="TokenEndpoint"/>.</summary>
    [DataType(DataType.Password)]
    [Display(Name = "Authorization header")]
    public string? AuthorizationHeader { get; set; }

    /// <summary>Where an OAuth2 access token is had for client id and secret.</summary>
    [Url, MaxLength(1024)]
    [Display(Name = "Token endpoint")]
    public string? TokenEndpoint { get; set; }

    [MaxLength(1024)]
    [Display(Name = "Client ID")]
    public string? ClientId { get; set; }

    [DataType(DataType.Password)]
    [Display(Name = "Client secret")]
    public string? ClientSecret { get; set; }

    IEnumerable<Uri> IHasDestinations.Destinations => Destinations.Of(Url, TokenEndpoint);
}
