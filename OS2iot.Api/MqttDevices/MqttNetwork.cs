using OS2iot.Api.Devices;
using OS2iot.Core.Devices;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.MqttDevices;

/// <summary>What devices at our broker and at others' have in common.</summary>
internal abstract class MqttNetwork(SecretProtector protector) : DeviceNetwork
{
    public override void Write(Device device, IDictionary<string, object?> columns, bool showSecrets)
    {
        WriteShared((MqttDevice)device, columns);

        // Encrypted texts would help nobody; the settings have the secrets for those who may see them.
        columns["deviceCertificateKey"] = null;
        columns["mqttpassword"] = null;
    }

    /// <summary>What a request says, if it is for a device of this type: only then was it checked.</summary>
    protected T? SettingsIn<T>(DeviceRequest request, string name)
        where T : class =>
        request.Type == Type.ToWire() ? request.SettingsOf<T>(name) : null;

    protected Dictionary<string, object?> SettingsOf(MqttDevice device, bool showSecrets)
    {
        var settings = new Dictionary<string, object?>();
        WriteShared(device, settings);
        settings["deviceCertificateKey"] = showSecrets ? Reveal(device.DeviceCertificateKeyCiphertext) : null;
        settings["mqttpassword"] = showSecrets ? Reveal(device.PasswordCiphertext) : null;
        return settings;
    }

    protected string? Reveal(string? ciphertext) => ciphertext is null ? null : protector.Unprotect(ciphertext);

    /// <summary>
    /// Encrypts, unless it is what was encrypted before: the same text encrypts to another each time, which would look like a change.
    /// </summary>
    protected string? Keep(string? ciphertext, string? secret) => secret switch
    {
        null => null,
        _ when Reveal(ciphertext) == secret => ciphertext,
        _ => protector.Protect(secret),
    };

    private static void WriteShared(MqttDevice device, IDictionary<string, object?> members)
    {
        members["authenticationType"] = device.Authentication.ToWire();
        members["caCertificate"] = device.CaCertificate;
        members["deviceCertificate"] = device.DeviceCertificate;
        members["mqttusername"] = device.Username;
        members["mqttURL"] = device.Url;
        members["mqttPort"] = device.Port;
        members["mqtttopicname"] = device.TopicName;
    }
}
