using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>What a user fills in for a target that takes JSON by HTTP POST.</summary>
public sealed class HttpPushSettings : IHasDestinations
{
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

    IEnumerable<Uri> IHasDestinations.Destinations => Destinations.Of(Url);
}
