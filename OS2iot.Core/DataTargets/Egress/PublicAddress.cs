using System.Net;
using System.Net.Sockets;

namespace OS2iot.Core.DataTargets.Egress;

/// <summary>
/// Which addresses are somebody's on the public internet. All others are ours, our operator's or nobody's: a user must not make
/// us look there.
/// </summary>
internal static class PublicAddress
{
    /// <summary>Not public in IPv4, by IANA's registry of special addresses, and Azure's address for its host.</summary>
    private static readonly IPNetwork[] Special4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32");

    /// <summary>Public in IPv6 is only this, so all local, multicast, mapped and NAT64 forms are out.</summary>
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Within that: protocol assignments with Teredo, documentation, and 6to4, which carries any IPv4 address.</summary>
    private static readonly IPNetwork[] Special6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    public static bool Is(IPAddress address)
    {
        var plain = Plain(address);
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Array.Exists(Special4, n => n.Contains(plain)),
            AddressFamily.InterNetworkV6 => Global6.Contains(plain) && !Array.Exists(Special6, n => n.Contains(plain)),
            _ => false,
        };
    }

    /// <summary>The IPv4 address of an IPv4-mapped one; an IPv6 address without its zone.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes())
        : address;

    private static IPNetwork[] Networks(params string[] networks) => Array.ConvertAll(networks, IPNetwork.Parse);
}
