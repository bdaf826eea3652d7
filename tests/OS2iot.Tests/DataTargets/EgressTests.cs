using System.Net;
using Microsoft.Extensions.Options;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Tests.DataTargets;

public sealed class EgressTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2a01:4f8::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.19.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::808:808", false)]
    [InlineData("2001:0:4136:e378::", false)]
    [InlineData("2002:808:808::", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    public void PublicAddress_KnowsWhoseItIs(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("localhost:5005", "localhost", 5005, true)]
    [InlineData("localhost:5005", "LOCALHOST", 5005, true)]
    [InlineData("localhost:5005", "localhost", 5006, false)]
    [InlineData("broker.intern", "broker.intern", 1, true)]
    [InlineData("broker.intern", "x.broker.intern", 1, false)]
    [InlineData("[::1]:80", "::1", 80, true)]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1", 80, true)]
    public void AllowedDestinations_MatchHostAndPort(string entry, string host, int port, bool allowed) =>
        Assert.Equal(allowed, Allowed(entry).Allows(host, port));

    [Fact]
    public void AllowedDestinations_MatchNetworks()
    {
        Assert.True(Allowed("10.20.0.0/16").Allows(IPAddress.Parse("::ffff:10.20.3.4")));
        Assert.False(Allowed("10.20.0.0/16").Allows(IPAddress.Parse("10.21.0.1")));
    }

    [Theory]
    [InlineData("http://host/")]
    [InlineData("10.0.0.0/64")]
    [InlineData("")]
    public void AllowedDestinations_WhenEntryIsNone_IsNotValid(string entry) => Assert.False(AllowedDestinations.IsValid(entry));

    private static AllowedDestinations Allowed(string entry) => new(Options.Create(new EgressOptions { AllowedHosts = [entry] }));
}
