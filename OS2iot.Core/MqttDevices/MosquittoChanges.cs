using System.Globalization;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Sync;

namespace OS2iot.Core.MqttDevices;

/// <summary>What our broker follows. The changes of accounts and certificates are written by the database, whoever changes a device.</summary>
public static class MosquittoChanges
{
    public const string System = "mosquitto";

    /// <summary>A device's account; the key is its user name.</summary>
    public const string Account = "account";

    /// <summary>Authorities and revoked certificates, all in one.</summary>
    public const string Trust = "trust";

    /// <summary>A message to a device; the key is its id.</summary>
    public const string Downlink = "downlink";

    /// <summary>The list of revoked certificates is another at some time.</summary>
    public static SyncChange OfTrust(DateTimeOffset at) => new() { System = System, Kind = Trust, Key = "certificates", NextAttemptAt = at };

    public static SyncChange OfDownlink(DownlinkQueueItem item, int organizationId) => new()
    {
        System = System,
        Kind = Downlink,
        Key = item.Id.ToString(CultureInfo.InvariantCulture),
        OrganizationId = organizationId,
    };
}
