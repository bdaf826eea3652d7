using System.Globalization;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Devices;
using OS2iot.Ingest.Limits;
using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.MqttInternalBroker;

/// <summary>
/// Takes what devices publish at our broker to <c>device/organization/application/device</c>. Each topic is a device's own, so all
/// messages of one call are one device's.
/// </summary>
internal sealed partial class ReceiveDeviceMessages(
    DeviceDirectory devices, IngestLimits limits, IMessageLog log, MqttMetrics metrics, TimeProvider clock, ILogger<ReceiveDeviceMessages> logger)
{
    /// <summary>Of the listener, in metrics and log lines.</summary>
    public const string Name = "internal";

    private readonly OncePerMinute _warnings = new(clock);

    /// <summary>Both spellings are in the field.</summary>
    public static IReadOnlyList<string> Filters { get; } = ["$share/os2iot-ingest/device/+/+/+", "$share/os2iot-ingest/devices/+/+/+"];

    public async Task HandleAsync(IReadOnlyList<MqttMessage> messages, CancellationToken ct)
    {
        var topic = messages[0].Topic;
        if (!TryParse(topic, out var organizationId, out var applicationId, out var deviceId))
        {
            Drop(messages, topic, MqttMetrics.UnknownTopic);
        }
        else if (await devices.FindMqttDeviceAsync(deviceId, ct) is not { } device
            || device.ApplicationId != applicationId || device.OrganizationId != organizationId)
        {
            Drop(messages, topic, MqttMetrics.UnknownDevice);
        }
        else
        {
            await log.AppendAsync(LogTopic.Uplinks, [.. messages.Select(m => Uplink(m, device).ToRecord())], ct);
            limits.Taken(organizationId, messages.Count);
        }
    }

    public TimeSpan HoldBack(string topic, int messages) =>
        TryParse(topic, out var organizationId, out _, out var deviceId) ? limits.Check(deviceId, organizationId, messages) : TimeSpan.Zero;

    /// <summary>Whole numbers as we write them, so that a device has one topic of each spelling and no more.</summary>
    internal static bool TryParse(string topic, out int organizationId, out int applicationId, out int deviceId)
    {
        (organizationId, applicationId, deviceId) = (0, 0, 0);
        return topic.Split('/') is ["device" or "devices", var organization, var application, var device]
            && TryParse(organization, out organizationId) && TryParse(application, out applicationId) && TryParse(device, out deviceId);
    }

    private static bool TryParse(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text[0] != '0';

    private static UplinkReceived Uplink(MqttMessage message, KnownDevice device) => new()
    {
        MessageId = Guid.CreateVersion7(message.ReceivedAt),
        DeviceId = device.Id,
        ApplicationId = device.ApplicationId,
        OrganizationId = device.OrganizationId,
        Network = DeviceType.MqttInternalBroker,
        ReceivedAt = message.ReceivedAt,
        Payload = JsonPayload.Of(message.Payload),
    };

    private void Drop(IReadOnlyList<MqttMessage> messages, string topic, string reason)
    {
        metrics.Dropped(Name, reason, messages.Count);
        if (_warnings.IsTimeFor(topic))
        {
            LogDropped(OncePerMinute.Printable(topic), reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Messages on {Topic} were dropped: {Reason}")]
    private partial void LogDropped(string topic, string reason);
}
