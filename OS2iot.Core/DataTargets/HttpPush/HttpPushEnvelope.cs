using System.Buffers;
using System.Text.Json;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>
/// A message with what is known of it:
/// <code>{"messageId":"0199…","deviceId":1,"applicationId":2,"organizationId":3,"receivedAt":"…","sentAt":"…","payload":{"t":21.5}}</code>
/// </summary>
internal static class HttpPushEnvelope
{
    public static ReadOnlyMemory<byte> Of(DeliveryMessage message, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Payload.Length + 256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("messageId", message.MessageId);
            json.WriteNumber("deviceId", message.DeviceId);
            json.WriteNumber("applicationId", message.ApplicationId);
            json.WriteNumber("organizationId", message.OrganizationId);
            json.WriteString("receivedAt", message.ReceivedAt.UtcDateTime);
            json.WriteString("sentAt", now.UtcDateTime);
            json.WritePropertyName("payload");
            json.WriteRawValue(message.Payload.Span, skipInputValidation: true);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
