using System.ComponentModel.DataAnnotations;

namespace OS2iot.Workers.Sigfox;

/// <summary>What is done at Sigfox by itself, and when. Checked when the host starts.</summary>
internal sealed class SigfoxWorkOptions
{
    public const string Section = "SigfoxWork";

    /// <summary>How often Sigfox is asked for what it could not deliver. It keeps that for three days.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan UndeliveredInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How much of what was read already is read again: Sigfox tries for 7 minutes before it gives up.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "1.00:00:00")]
    public TimeSpan UndeliveredOverlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a callback need not show its secret once Sigfox has it: it may repeat what it sent before.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SecretGrace { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After so long Sigfox is offered again a callback that it refused: contracts change.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RefusedAgainAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Looks for jobs this often even when nobody announced one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan JobInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often Sigfox is asked how far its own job is; longer each time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan FirstLook { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A process that died with a job is replaced after this time.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan JobLease { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>Where Ingest is for the world. Without it nobody can tell Sigfox where to send messages.</summary>
internal sealed class IngestAddressOptions : IValidatableObject
{
    public const string Section = "Ingest";

    public Uri? PublicUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null && PublicUrl is not { IsAbsoluteUri: true, Scheme: "https" or "http", Query: "", UserInfo: "" })
        {
            yield return new ValidationResult($"{Section}:{nameof(PublicUrl)} must be an address such as https://ingest.example.dk/.");
        }
    }
}
