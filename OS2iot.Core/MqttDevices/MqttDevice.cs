using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Devices;

namespace OS2iot.Core.MqttDevices;

/// <summary>A device that we hear by MQTT. Secrets are kept encrypted.</summary>
public abstract class MqttDevice : Device
{
    public MqttAuthentication Authentication { get; set; }

    /// <summary>Such as <c>mqtts://broker.example.dk</c>.</summary>
    public string? Url { get; set; }

    public int? Port { get; set; }

    public string? TopicName { get; set; }

    public string? Username { get; set; }

    public string? PasswordCiphertext { get; set; }

    /// <summary>PEM.</summary>
    public string? CaCertificate { get; set; }

    /// <summary>PEM.</summary>
    public string? DeviceCertificate { get; set; }

    /// <summary>PEM, encrypted.</summary>
    public string? DeviceCertificateKeyCiphertext { get; set; }
}

/// <summary>The device connects to our broker and publishes to its own topic.</summary>
public sealed class MqttInternalBrokerDevice : MqttDevice
{
    /// <summary>Made with PBKDF2 by today's system, so that devices in the field keep their password.</summary>
    public string? PasswordHash { get; set; }
}

/// <summary>We connect to somebody else's broker and subscribe to the device's topic.</summary>
public sealed class MqttExternalBrokerDevice : MqttDevice
{
    /// <summary>The connection failed for good, and nobody tries until the settings change.</summary>
    [NotAudited("The connection tells it.")]
    public bool InvalidMqttConfig { get; set; }

    /// <summary>Why it failed, for people.</summary>
    [NotAudited("The connection tells it.")]
    public string? ConnectionError { get; set; }
}

/// <summary>By what an MQTT client proves who it is.</summary>
public enum MqttAuthentication
{
    Password,
    Certificate,
}

internal sealed class MqttDeviceConfiguration : IEntityTypeConfiguration<MqttDevice>,
    IEntityTypeConfiguration<MqttInternalBrokerDevice>, IEntityTypeConfiguration<MqttExternalBrokerDevice>
{
    public void Configure(EntityTypeBuilder<MqttDevice> builder)
    {
        builder.Property(d => d.Authentication).HasConversion<string>().HasColumnName("mqtt_authentication");
        builder.Property(d => d.Url).HasColumnName("mqtt_url");
        builder.Property(d => d.Port).HasColumnName("mqtt_port");
        builder.Property(d => d.TopicName).HasColumnName("mqtt_topic_name");
        builder.Property(d => d.Username).HasColumnName("mqtt_username");
        builder.Property(d => d.PasswordCiphertext).HasColumnName("mqtt_password_ciphertext");
        builder.HasIndex(d => d.TopicName);
    }

    public void Configure(EntityTypeBuilder<MqttInternalBrokerDevice> builder)
    {
        builder.Property(d => d.PasswordHash).HasColumnName("mqtt_password_hash");

        // Our broker knows a device by its name alone: two that share one would share their topics.
        builder.HasIndex(d => d.Username).IsUnique().HasFilter($"type = '{DeviceType.MqttInternalBroker.ToWire()}'");
    }

    public void Configure(EntityTypeBuilder<MqttExternalBrokerDevice> builder)
    {
        builder.Property(d => d.InvalidMqttConfig).HasColumnName("invalid_mqtt_config");
        builder.Property(d => d.ConnectionError).HasColumnName("mqtt_connection_error");
    }
}
