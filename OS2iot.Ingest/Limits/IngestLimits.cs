using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OS2iot.Ingest.Devices;

namespace OS2iot.Ingest.Limits;

/// <summary>
/// Whether a sender may go on. Asked before a body is read and before the log is: a flood costs its neighbours nothing. Each answer
/// is zero, or how long to wait; a listener that can't refuse waits that long before it acknowledges this sender's message.
/// </summary>
internal sealed class IngestLimits : IDisposable
{
    private const int DeviceCells = 1 << 20;

    private const int AddressCells = 1 << 17;

    private readonly RateTable _devices;
    private readonly RateTable _addresses;
    private readonly RateTable _unknown;
    private readonly OrganizationQuotas _quotas;
    private readonly Meter _meter;
    private readonly Counter<long> _refused;

    public IngestLimits(IOptions<LimitsOptions> options, OrganizationQuotas quotas, TimeProvider clock, IMeterFactory meters)
    {
        var limits = options.Value;
        _quotas = quotas;
        _devices = new RateTable(limits.DevicePerSecond, limits.DeviceBurst, DeviceCells, clock);
        _addresses = new RateTable(limits.AddressPerSecond, limits.AddressBurst, AddressCells, clock);
        _unknown = new RateTable(limits.UnknownPerSecond, limits.UnknownBurst, AddressCells, clock);
        _meter = meters.Create("OS2iot.Ingest.Limits");
        _refused = _meter.CreateCounter<long>("os2iot.ingest.refused", "{message}", "Messages refused or slowed, by the limit they met");
    }

    /// <summary>One message of a device; what its organization may send counts too.</summary>
    public TimeSpan Check(KnownDevice device) => Check(device.Id, device.OrganizationId);

    /// <summary>So many messages of a device that was promised they arrive: how long they should be held back.</summary>
    public TimeSpan Check(int deviceId, int organizationId, int messages)
    {
        var longest = TimeSpan.Zero;
        for (var i = 0; i < messages; i++)
        {
            var wait = Check(deviceId, organizationId);
            longest = wait > longest ? wait : longest;
        }

        return longest;
    }

    /// <summary>The log took the message.</summary>
    public void Taken(KnownDevice device) => _quotas.Count(device.OrganizationId);

    /// <summary>The log took so many of them.</summary>
    public void Taken(int organizationId, int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            _quotas.Count(organizationId);
        }
    }

    /// <summary>One request from an address, whatever it brings.</summary>
    public TimeSpan CheckAddress(IPAddress? address) => Counted(_addresses.Take(NumberOf(address)), "address");

    /// <summary>One request from an address with a key that nobody has.</summary>
    public TimeSpan CheckUnknown(IPAddress? address) => Counted(_unknown.Take(NumberOf(address)), "unknown");

    public void Dispose() => _meter.Dispose();

    private TimeSpan Check(int deviceId, int organizationId) =>
        Counted(_devices.Take((uint)deviceId), "device") is { Ticks: > 0 } wait ? wait : Counted(_quotas.Check(organizationId), "organization");

    private TimeSpan Counted(TimeSpan wait, string reason)
    {
        if (wait > TimeSpan.Zero)
        {
            _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        }

        return wait;
    }

    // Of IPv6 the network: whoever has one address has all of its /64.
    private static ulong NumberOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out _))
        {
            return 0;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }

        return address.IsIPv4MappedToIPv6
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
