using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Core.MqttDevices;

/// <summary>Our own certificate authority, which vouches for devices at our broker. A new generation takes over in time.</summary>
[NotAudited("The product makes it by itself.")]
public sealed class DeviceAuthority : Entity
{
    /// <summary>From 1; unique, so that two hosts can't each make one.</summary>
    public int Generation { get; set; }

    /// <summary>PEM.</summary>
    public required string Certificate { get; set; }

    /// <summary>PEM, encrypted.</summary>
    public required string KeyCiphertext { get; set; }

    public DateTimeOffset NotAfter { get; set; }
}

internal sealed class DeviceAuthorityConfiguration : IEntityTypeConfiguration<DeviceAuthority>
{
    public void Configure(EntityTypeBuilder<DeviceAuthority> builder)
    {
        builder.ToTable("device_authorities");
        builder.HasIndex(a => a.Generation).IsUnique();
    }
}
