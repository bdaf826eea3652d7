using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Downlinks;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Sigfox;

namespace OS2iot.Core.Devices;

/// <summary>One sensor or actuator. What its network needs stands in the derived type in the network's folder.</summary>
[Audited(AuditTypes.Device, Owner = nameof(ApplicationId))]
public abstract class Device : Entity
{
    public const int NameMaxLength = 50;

    public const int CommentMaxLength = 1024;

    public required string Name { get; set; }

    /// <summary>Never changes.</summary>
    public DeviceType Type { get; private set; }

    public int ApplicationId { get; set; }

    public Application? Application { get; set; }

    /// <summary>Degrees, WGS 84. Set together with <see cref="Longitude"/> or not at all.</summary>
    public double? Latitude { get; set; }

    public double? Longitude { get; set; }

    public string? CommentOnLocation { get; set; }

    public string? Comment { get; set; }

    /// <summary>A JSON object whose values are text, as the user sent it.</summary>
    public string? Metadata { get; set; }

    public int? DeviceModelId { get; set; }

    public DeviceModel? DeviceModel { get; set; }

    /// <summary>
    /// Which row of which file the device came from, as a keyed hash: when the same file is sent again, the device is found instead of
    /// made twice. Null for a device that was made by itself.
    /// </summary>
    [NotAudited("The product's own note.")]
    public byte[]? ImportKey { get; set; }

    /// <summary>How many connections there are; the database counts, so that lists can be ordered by it.</summary>
    [NotAudited("The connections tell it.")]
    public int ConnectionCount { get; private set; }

    public List<DataTargetConnection> Connections { get; } = [];

    public List<MulticastGroup> MulticastGroups { get; } = [];

    public List<DownlinkQueueItem> Downlinks { get; } = [];

    public DeviceState? State { get; set; }
}

internal sealed class DeviceConfiguration : IEntityTypeConfiguration<Device>
{
    public void Configure(EntityTypeBuilder<Device> builder)
    {
        builder.Property(d => d.Type).HasConversion(type => type.ToWire(), word => DeviceTypes.Parse(word));
        builder.HasDiscriminator(d => d.Type)
            .HasValue<GenericHttpDevice>(DeviceType.GenericHttp)
            .HasValue<LoRaWanDevice>(DeviceType.LoRaWan)
            .HasValue<SigfoxDevice>(DeviceType.Sigfox)
            .HasValue<MqttInternalBrokerDevice>(DeviceType.MqttInternalBroker)
            .HasValue<MqttExternalBrokerDevice>(DeviceType.MqttExternalBroker);
        builder.HasOne(d => d.Application).WithMany(a => a.Devices).OnDelete(DeleteBehavior.Cascade);

        // No action rather than restrict: an organization goes with both in one statement.
        builder.HasOne(d => d.DeviceModel).WithMany().OnDelete(DeleteBehavior.NoAction);
        builder.HasOne(d => d.State).WithOne().HasForeignKey<DeviceState>(s => s.DeviceId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(d => d.ConnectionCount).HasDefaultValue(0);
        builder.Property(d => d.ConnectionCount).Metadata.SetBeforeSaveBehavior(PropertySaveBehavior.Ignore);
        builder.Property(d => d.ConnectionCount).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.HasIndex(d => d.ImportKey).IsUnique().HasFilter("import_key IS NOT NULL");
        builder.HasIndex(d => d.Type);
        builder.HasIndex(d => d.Name);
        builder.HasIndex(d => new { d.ApplicationId, d.Id });
        builder.HasIndex(d => new { d.ApplicationId, d.Name, d.Id });
        builder.HasIndex(d => new { d.ApplicationId, d.DeviceModelId, d.Id });
        builder.HasIndex(d => new { d.ApplicationId, d.ConnectionCount, d.Id });
    }
}
