using Grpc.Core;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>How the simulated ChirpStack misbehaves; not at all by default.</summary>
internal sealed record ChirpStackFaults
{
    /// <summary>What calls are answered with; 14 is an outage.</summary>
    public StatusCode? Code { get; init; }

    public string Words { get; init; } = "Asked to fail";

    /// <summary>Only calls whose path contains this.</summary>
    public string? Only { get; init; }

    /// <summary>So many calls, then none any more; all without.</summary>
    public int? Times { get; init; }

    public int DelayMs { get; init; }
}
