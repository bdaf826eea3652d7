using OS2iot.Core.Sync;

namespace OS2iot.Core.Sigfox;

/// <summary>What Sigfox follows of ours. That a device type came into use is written by the database, whoever changes a device.</summary>
public static class SigfoxChanges
{
    public const string System = "sigfox";

    /// <summary>The callbacks of a device type; the key is its id at Sigfox.</summary>
    public const string DeviceType = "device-type";

    /// <summary>Name and place of a device; the key is its id at Sigfox.</summary>
    public const string Device = "device";

    public static SyncChange OfDeviceType(string sigfoxId, int? organizationId = null) =>
        new() { System = System, Kind = DeviceType, Key = sigfoxId, OrganizationId = organizationId };

    /// <param name="sigfoxId">Of the device.</param>
    /// <param name="organizationId">Whose it is.</param>
    /// <param name="at">Sigfox takes one change of a device in an hour.</param>
    public static SyncChange OfDevice(string sigfoxId, int organizationId, DateTimeOffset at) =>
        new() { System = System, Kind = Device, Key = sigfoxId, OrganizationId = organizationId, NextAttemptAt = at };
}
