using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.MqttDevices;

/// <summary>Devices that connect to our broker, each to a topic of its own, by a password of the user's or a certificate of ours.</summary>
internal sealed class MqttInternalNetwork(
    AppDbContext db, SecretProtector protector, DeviceCertificates certificates, IOptions<MqttOptions> options) : MqttNetwork(protector)
{
    private const string NextDeviceId = "SELECT nextval(pg_get_serial_sequence('devices', 'id'))::int AS \"Value\"";

    public override DeviceType Type => DeviceType.MqttInternalBroker;

    public override async Task<Device> CreateAsync(DeviceRequest request, CancellationToken ct)
    {
        var settings = SettingsIn<MqttInternalSettings>(request, MqttInternalSettings.Name)
            ?? throw Refusal.Device("mqttInternalBrokerSettings must be sent for a device of type MQTT_INTERNAL_BROKER");
        var device = new MqttInternalBrokerDevice
        {
            // Known beforehand: topic and certificate hold it.
            Id = (await db.Database.SqlQueryRaw<int>(NextDeviceId).ToListAsync(ct))[0],
            Name = request.Name,
            ApplicationId = request.ApplicationId,
            CaCertificate = await certificates.AuthorityAsync(ct),
        };
        await ApplyAsync(device, settings, ct);
        await SetTopicAsync(device, ct);
        return device;
    }

    public override async Task UpdateAsync(Device device, DeviceRequest request, CancellationToken ct)
    {
        var mqtt = (MqttInternalBrokerDevice)device;
        if (SettingsIn<MqttInternalSettings>(request, MqttInternalSettings.Name) is { } settings)
        {
            await ApplyAsync(mqtt, settings, ct);
        }

        await SetTopicAsync(mqtt, ct);
    }

    public override void Write(Device device, IDictionary<string, object?> columns, bool showSecrets)
    {
        base.Write(device, columns, showSecrets);
        columns["mqttpasswordhash"] = null;
        columns["permissions"] = "write";
    }

    public override void WriteSettings(Device device, IDictionary<string, object?> members, bool showSecrets)
    {
        var settings = SettingsOf((MqttDevice)device, showSecrets);
        settings["permissions"] = "write";
        settings["downlinkTopic"] = ((MqttDevice)device).TopicName is { } topic ? topic + MqttTopic.BelowForDownlinks : null;
        members[MqttInternalSettings.Name] = settings;
    }

    private async Task ApplyAsync(MqttInternalBrokerDevice device, MqttInternalSettings settings, CancellationToken ct)
    {
        device.Authentication = MqttWords.Parse(settings.AuthenticationType);
        device.Url = $"mqtts://{options.Value.PublicHost}";
        if (device.Authentication == MqttAuthentication.Certificate)
        {
            await ApplyCertificateAsync(device, ct);
        }
        else
        {
            await ApplyPasswordAsync(device, MqttWords.Text(settings.Username)!, MqttWords.Text(settings.Password)!, ct);
        }
    }

    private async Task ApplyCertificateAsync(MqttInternalBrokerDevice device, CancellationToken ct)
    {
        device.Port = options.Value.CertificatePort;
        device.Username = MqttAccountName.OfDevice(device.Id);
        device.PasswordCiphertext = null;
        device.PasswordHash = null;
        if (device.DeviceCertificate is null)
        {
            await IssueAsync(device, ct);
        }
    }

    /// <summary>Gives a device a certificate. Saved by the caller.</summary>
    public async Task IssueAsync(MqttInternalBrokerDevice device, CancellationToken ct)
    {
        (device.DeviceCertificate, var key, var row) = await certificates.IssueAsync(device.Id, ct);
        device.DeviceCertificateKeyCiphertext = Keep(null, key);
        device.CaCertificate = await certificates.AuthorityAsync(ct);
        db.IssuedCertificates.Add(row);
    }

    private async Task ApplyPasswordAsync(MqttInternalBrokerDevice device, string username, string password, CancellationToken ct)
    {
        if (device.Username != username)
        {
            await CheckUsernameAsync(username, ct);
        }

        device.Port = options.Value.PasswordPort;
        device.Username = username;
        device.DeviceCertificate = null;
        device.DeviceCertificateKeyCiphertext = null;
        var ciphertext = Keep(device.PasswordCiphertext, password);
        if (ciphertext != device.PasswordCiphertext || device.PasswordHash is null)
        {
            device.PasswordCiphertext = ciphertext;
            device.PasswordHash = MqttPasswordHash.Create(password);
        }
    }

    private async Task CheckUsernameAsync(string username, CancellationToken ct)
    {
        if (!MqttAccountName.MayBeChosen(username)
            || await db.Devices.OfType<MqttInternalBrokerDevice>().AnyAsync(d => d.Username == username, ct))
        {
            throw Refusal.Device(ErrorCodes.NameInvalidOrAlreadyInUse);
        }
    }

    private async Task SetTopicAsync(MqttInternalBrokerDevice device, CancellationToken ct)
    {
        var organizationId = await db.Applications.Where(a => a.Id == device.ApplicationId).Select(a => a.OrganizationId).SingleAsync(ct);
        device.TopicName = MqttTopic.Of(organizationId, device.ApplicationId, device.Id);
    }
}
