using System.Globalization;

namespace OS2iot.Core.MqttDevices;

/// <summary>The topics that a device has at our broker: one to publish to, and one below it to hear from.</summary>
public static class MqttTopic
{
    private const string Issued = "device/";

    /// <summary>What is below a device's topic where it hears from us.</summary>
    public const string BelowForDownlinks = "/downlink";

    /// <summary>As it was before; still taken.</summary>
    private const string Former = "devices/";

    public static string Of(int organizationId, int applicationId, int deviceId) => Issued + Path(organizationId, applicationId, deviceId);

    /// <summary>Everywhere that the device may publish to.</summary>
    public static IReadOnlyList<string> Uplinks(int organizationId, int applicationId, int deviceId) =>
        [Of(organizationId, applicationId, deviceId), Former + Path(organizationId, applicationId, deviceId)];

    /// <summary>Where we publish what is for the device, and all that it may subscribe to.</summary>
    public static string Downlink(int organizationId, int applicationId, int deviceId) => Of(organizationId, applicationId, deviceId) + BelowForDownlinks;

    private static string Path(int organizationId, int applicationId, int deviceId) =>
        string.Create(CultureInfo.InvariantCulture, $"{organizationId}/{applicationId}/{deviceId}");
}
