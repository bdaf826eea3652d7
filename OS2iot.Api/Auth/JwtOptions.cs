using System.ComponentModel.DataAnnotations;

namespace OS2iot.Api.Auth;

/// <summary>How access tokens are signed. Checked when the host starts; there is no default secret.</summary>
internal sealed class JwtOptions
{
    public const string Section = "Jwt";

    public const int SecretMinLength = 32;

    [Required(ErrorMessage = "Set Jwt:Secret to at least 32 random characters.")]
    [MinLength(SecretMinLength, ErrorMessage = "Jwt:Secret must have at least 32 random characters.")]
    public string Secret { get; set; } = "";

    /// <summary>
    /// The secrets before the present one. What was signed with them still holds, so that a secret can be changed without anybody noticing;
    /// to be taken away when <see cref="Lifetime"/> has passed, or at once when a secret was lost.
    /// </summary>
    public IList<string> PreviousSecrets { get; } = [];

    /// <summary>Of a token that renews itself: the portal's.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00", ErrorMessage = "Jwt:ShortLifetime must be between a minute and an hour.")]
    public TimeSpan ShortLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After which somebody signs in anew, however busy.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00", ErrorMessage = "Jwt:SessionLifetime must be between five minutes and a week.")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(9);

    /// <summary>Of a token that can't be renewed, for clients that know of no others.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00", ErrorMessage = "Jwt:Lifetime must be between a minute and a week.")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(9);
}
