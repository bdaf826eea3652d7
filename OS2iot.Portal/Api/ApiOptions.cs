using System.ComponentModel.DataAnnotations;

namespace OS2iot.Portal.Api;

/// <summary>How the portal reaches the Api.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>The name <c>api</c> is found by service discovery.</summary>
    [Required]
    public Uri Address { get; set; } = new("http://api");

    /// <summary>For one whole call; a person waits for it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
