using System.Net;
using Microsoft.Extensions.Options;

namespace OS2iot.Core.DataTargets.Egress;

/// <summary>What the operator allows by <see cref="EgressOptions.AllowedHosts"/>.</summary>
internal sealed class AllowedDestinations
{
    private readonly HashSet<(string Host, int? Port)> _hosts = [];
    private readonly List<IPNetwork> _networks = [];

    public AllowedDestinations(IOptions<EgressOptions> options)
    {
        foreach (var entry in options.Value.AllowedHosts)
        {
            if (IPNetwork.TryParse(entry, out var network))
            {
                _networks.Add(network);
            }
            else if (TryParseHost(entry) is { } host)
            {
                _hosts.Add(host);
            }
        }
    }

    /// <summary>Whether a name may be allowed for the address that it has.</summary>
    public bool HasNetworks => _networks.Count > 0;

    public static bool IsValid(string entry) => IPNetwork.TryParse(entry, out _) || TryParseHost(entry) is not null;

    public bool Allows(string host, int port) =>
        Normal(host) is var name && (_hosts.Contains((name, null)) || _hosts.Contains((name, port)));

    public bool Allows(IPAddress address)
    {
        var plain = PublicAddress.Plain(address);
        return _networks.Exists(network => network.Contains(plain));
    }

    private static (string Host, int? Port)? TryParseHost(string entry)
    {
        if (IPAddress.TryParse(entry, out var address))
        {
            return (Normal(address.ToString()), null);
        }

        if (entry.Contains('/', StringComparison.Ordinal) || !Uri.TryCreate($"tcp://{entry}", UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return null;
        }

        return (Normal(uri.Host), uri.Port > 0 ? uri.Port : null);
    }

    private static string Normal(string host)
    {
        var bare = host.Trim('[', ']').TrimEnd('.');
        return IPAddress.TryParse(bare, out var address) ? PublicAddress.Plain(address).ToString() : bare.ToLowerInvariant();
    }
}
