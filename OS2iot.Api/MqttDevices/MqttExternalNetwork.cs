using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Devices;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.MqttDevices;

/// <summary>Devices at somebody else's broker, to which we connect.</summary>
internal sealed class MqttExternalNetwork(SecretProtector protector) : MqttNetwork(protector)
{
    public override DeviceType Type => DeviceType.MqttExternalBroker;

    public override Task<Device> CreateAsync(DeviceRequest request, CancellationToken ct)
    {
        var settings = SettingsIn<MqttExternalSettings>(request, MqttExternalSettings.Name)
            ?? throw Refusal.Device("mqttExternalBrokerSettings must be sent for a device of type MQTT_EXTERNAL_BROKER");
        var device = new MqttExternalBrokerDevice { Name = request.Name };
        Apply(device, settings);
        return Task.FromResult<Device>(device);
    }

    public override Task UpdateAsync(Device device, DeviceRequest request, CancellationToken ct)
    {
        if (SettingsIn<MqttExternalSettings>(request, MqttExternalSettings.Name) is { } settings)
        {
            Apply((MqttExternalBrokerDevice)device, settings);
        }

        return Task.CompletedTask;
    }

    public override void Write(Device device, IDictionary<string, object?> columns, bool showSecrets)
    {
        base.Write(device, columns, showSecrets);
        columns["invalidMqttConfig"] = ((MqttExternalBrokerDevice)device).InvalidMqttConfig;
    }

    public override void WriteSettings(Device device, IDictionary<string, object?> members, bool showSecrets)
    {
        var settings = SettingsOf((MqttDevice)device, showSecrets);
        settings["permissions"] = "read";
        settings["invalidMqttConfig"] = ((MqttExternalBrokerDevice)device).InvalidMqttConfig;
        settings["connectionError"] = ((MqttExternalBrokerDevice)device).ConnectionError;
        settings["connectionState"] = ((MqttExternalBrokerDevice)device).ConnectionState?.ToString().ToUpperInvariant();
        settings["connectionSince"] = ((MqttExternalBrokerDevice)device).ConnectionSince;
        settings["mqttQos"] = ((MqttExternalBrokerDevice)device).Qos;
        members[MqttExternalSettings.Name] = settings;
    }

    private void Apply(MqttExternalBrokerDevice device, MqttExternalSettings settings)
    {
        var before = Said(device);
        device.Authentication = MqttWords.Parse(settings.AuthenticationType);
        var byPassword = device.Authentication == MqttAuthentication.Password;
        device.Url = settings.Url;
        device.Port = settings.Port;
        device.TopicName = settings.TopicName;
        device.Qos = settings.MqttQos ?? device.Qos;
        device.Username = byPassword ? MqttWords.Text(settings.Username) : null;
        device.PasswordCiphertext = Keep(device.PasswordCiphertext, byPassword ? MqttWords.Text(settings.Password) : null);
        device.CaCertificate = byPassword ? settings.AuthorityBesidePassword : MqttWords.Text(settings.CaCertificate);
        device.DeviceCertificate = byPassword ? null : MqttWords.Text(settings.DeviceCertificate);
        device.DeviceCertificateKeyCiphertext = Keep(
            device.DeviceCertificateKeyCiphertext, byPassword ? null : MqttWords.Text(settings.DeviceCertificateKey));

        // Saved settings deserve a new try; what the former ones led to says nothing of these.
        if (device.InvalidMqttConfig || before != Said(device))
        {
            device.InvalidMqttConfig = false;
            device.ConnectionError = null;
            device.ConnectionState = null;
            device.ConnectionSince = null;
        }
    }

    private static (string?, int?, string?, int, string?, string?, string?, string?, string?) Said(MqttExternalBrokerDevice device) => (
        device.Url, device.Port, device.TopicName, device.Qos, device.Username, device.PasswordCiphertext, device.CaCertificate,
        device.DeviceCertificate, device.DeviceCertificateKeyCiphertext);
}
