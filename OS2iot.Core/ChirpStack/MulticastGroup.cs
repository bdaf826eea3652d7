using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;

namespace OS2iot.Core.ChirpStack;

/// <summary>Devices of an application that hear the same downlink.</summary>
[Audited(AuditTypes.Multicast, Owner = nameof(ApplicationId))]
public sealed class MulticastGroup : Entity
{
    public const int NameMaxLength = 50;

    public required string Name { get; set; }

    public int ApplicationId { get; set; }

    public Application? Application { get; set; }

    public LoRaWanMulticast? LoRaWan { get; set; }

    [AuditedIds("deviceIds")]
    public List<Device> Devices { get; } = [];

    public List<MulticastDownlink> Downlinks { get; } = [];
}

/// <summary>The session that a multicast group shares. Keys are kept encrypted.</summary>
[AuditedIn(typeof(MulticastGroup), "loRaWan")]
public sealed class LoRaWanMulticast : Entity
{
    public int MulticastGroupId { get; set; }

    /// <summary>8 hex digits.</summary>
    public required string Address { get; set; }

    /// <summary>32 hex digits.</summary>
    public required string NetworkSessionKeyCiphertext { get; set; }

    /// <summary>32 hex digits.</summary>
    public required string ApplicationSessionKeyCiphertext { get; set; }

    public long FrameCounter { get; set; }

    public int DataRate { get; set; }

    /// <summary>Hz.</summary>
    public long Frequency { get; set; }

    /// <summary>CLASS_C or CLASS_B.</summary>
    public required string GroupType { get; set; }

    /// <summary>The id at ChirpStack, once it has one.</summary>
    [NotAudited("The network gives it.")]
    public string? ChirpStackGroupId { get; set; }
}

internal sealed class MulticastGroupConfiguration : IEntityTypeConfiguration<MulticastGroup>, IEntityTypeConfiguration<LoRaWanMulticast>
{
    public void Configure(EntityTypeBuilder<MulticastGroup> builder)
    {
        builder.ToTable("multicast_groups");
        builder.HasOne(g => g.Application).WithMany(a => a.MulticastGroups).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(g => g.LoRaWan).WithOne().HasForeignKey<LoRaWanMulticast>(m => m.MulticastGroupId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(g => g.Devices).WithMany(d => d.MulticastGroups).UsingEntity("multicast_group_devices");
        builder.HasIndex(g => g.Name);
    }

    public void Configure(EntityTypeBuilder<LoRaWanMulticast> builder)
    {
        builder.ToTable("lorawan_multicasts");
        builder.Property(m => m.ChirpStackGroupId).HasColumnName("chirpstack_group_id");
    }
}
