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
    /// <summary>Quality of service of the subscription.</summary>
    public int Qos { get; set; } = 1;

    /// <summary>The connection failed for good, and nobody tries until the settings change.</summary>
    [NotAudited("The connection tells it.")]
    public bool InvalidMqttConfig { get; set; }

    /// <summary>Why it failed, or why there is none now, for people.</summary>
    [NotAudited("The connection tells it.")]
    public string? ConnectionError { get; set; }

    /// <summary>Null while nobody has tried yet.</summary>
    [NotAudited("The connection tells it.")]
    public MqttConnectionState? ConnectionState { get; set; }

    /// <summary>When it came to be so.</summary>
    [NotAudited("The connection tells it.")]
    public DateTimeOffset? ConnectionSince { get; set; }
}

/// <summary>By what an MQTT client proves who it is.</summary>
public enum MqttAuthentication
{
    Password,
    Certificate,
}

/// <summary>How it stands with the connection to somebody else's broker.</summary>
public enum MqttConnectionState
{
    Connecting,
    Connected,
    Failed,
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
        builder.Property(d => d.Qos).HasColumnName("mqtt_qos").HasDefaultValue(1).HasSentinel(1);
        builder.Property(d => d.ConnectionState).HasConversion<string>().HasColumnName("mqtt_connection_state");
        builder.Property(d => d.ConnectionSince).HasColumnName("mqtt_connection_since");
    }
}
