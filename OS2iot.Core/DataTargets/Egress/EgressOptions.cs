namespace OS2iot.Core.DataTargets.Egress;

/// <summary>Where we may connect on a user's word beyond the public internet. Checked when the host starts.</summary>
public sealed class EgressOptions
{
    public const string Section = "Egress";

    /// <summary>
    /// Hosts as users write them, with or without a port (<c>broker.intern</c>, <c>localhost:5005</c>, <c>[::1]:80</c>), and networks
    /// (<c>10.20.0.0/16</c>). What is listed may be internal, and may be reached by plain http.
    /// </summary>
    public string[] AllowedHosts { get; set; } = [];
}
