using System.Globalization;

namespace OS2iot.Core.MqttDevices;

/// <summary>The one topic that a device may publish to at our broker.</summary>
public static class MqttTopic
{
    public static string Of(int organizationId, int applicationId, int deviceId) =>
        string.Create(CultureInfo.InvariantCulture, $"device/{organizationId}/{applicationId}/{deviceId}");
}
