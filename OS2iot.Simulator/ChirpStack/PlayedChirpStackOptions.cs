using System.ComponentModel.DataAnnotations;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>The ChirpStack that the simulator plays.</summary>
internal sealed class PlayedChirpStackOptions
{
    public const string Section = "Simulator:ChirpStack";

    /// <summary>Which of the host's ports is for its API alone; that speaks HTTP/2 without TLS and nothing else. 0 for none.</summary>
    [Range(0, 65535)]
    public int Port { get; set; }

    /// <summary>The only key that is good; any is without one.</summary>
    public string? ApiKey { get; set; }

    [Required]
    public string Version { get; set; } = "4.11.1";

    /// <summary>What gateways' topics begin with, such as eu868; nothing where it is empty.</summary>
    public string TopicPrefix { get; set; } = "";
}
