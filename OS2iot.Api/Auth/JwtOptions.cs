using System.ComponentModel.DataAnnotations;

namespace OS2iot.Api.Auth;

/// <summary>How access tokens are signed. Checked when the host starts; there is no default secret.</summary>
internal sealed class JwtOptions
{
    public const string Section = "Jwt";

    [Required(ErrorMessage = "Set Jwt:Secret to at least 32 random characters.")]
    [MinLength(32, ErrorMessage = "Jwt:Secret must have at least 32 random characters.")]
    public string Secret { get; set; } = "";

    /// <summary>How long somebody stays signed in.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00", ErrorMessage = "Jwt:Lifetime must be between a minute and a week.")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(9);
}
