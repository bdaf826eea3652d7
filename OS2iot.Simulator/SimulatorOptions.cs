using System.ComponentModel.DataAnnotations;

namespace OS2iot.Simulator;

/// <summary>What the simulator plays.</summary>
internal sealed class SimulatorOptions : IValidatableObject
{
    public const string Section = "Simulator";

    public const string Demo = "demo";

    public const string Idle = "idle";

    /// <summary><see cref="Demo"/> fills a fresh system with a small town and its sensors; <see cref="Idle"/> only answers.</summary>
    [AllowedValues(Demo, Idle, ErrorMessage = "Simulator:Mode must be 'demo' or 'idle'.")]
    public string Mode { get; set; } = Idle;

    /// <summary>The simulator invents data and takes what anybody sends it, so a production system has to ask for it.</summary>
    public bool Enabled { get; set; }

    /// <summary>The address under which data targets reach the simulator; by default the one it listens on.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Where it plays somebody else's MQTT broker; nowhere when absent.</summary>
    [Range(1, 65535)]
    public int? BrokerPort { get; set; }

    /// <summary>Set from the host's environment.</summary>
    public bool IsProduction { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsProduction && !Enabled)
        {
            yield return new ValidationResult("The simulator does not run in production. Set Simulator:Enabled=true if that is really wanted.");
        }
    }
}
