using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.Sigfox;

/// <summary>How we reach Sigfox. Checked when the host starts.</summary>
public sealed class SigfoxOptions : IValidatableObject
{
    public const string Section = "Sigfox";

    /// <summary>Of version 2 of Sigfox's REST API.</summary>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://api.sigfox.com/v2/");

    /// <summary>How long one call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Sustained, for each login at Sigfox; more wait their turn.</summary>
    [Range(1, 10_000)]
    public int CallsPerSecond { get; set; } = 5;

    /// <summary>Calls at once after a pause, for each login at Sigfox.</summary>
    [Range(1, 10_000)]
    public int Burst { get; set; } = 50;

    /// <summary>Longer than this nobody waits for a turn; the answer is that there are too many requests.</summary>
    [Range(1, 10_000)]
    public int Waiting { get; set; } = 50;

    /// <summary>How long a login is silent when Sigfox says that there were too many calls, and not for how long. Doubles each time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Up to this.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LongestBackOff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Callbacks show a second secret, in a header: addresses stand in the logs of proxies. What Sigfox has is changed within the hour, and
    /// asked for a while after that.
    /// </summary>
    public bool SecretInHeader { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("https" or "http")
            || BaseAddress.Query.Length > 0 || BaseAddress.UserInfo.Length > 0)
        {
            yield return new ValidationResult($"{Section}:{nameof(BaseAddress)} must be an address such as https://api.sigfox.com/v2/.");
        }
    }
}
