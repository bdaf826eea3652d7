using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;

namespace OS2iot.Core.ChirpStack;

/// <summary>A message to all devices of a multicast group, waiting its turn or on record.</summary>
[Audited(AuditTypes.Downlink, Owner = nameof(MulticastGroupId))]
public sealed class MulticastDownlink : Entity
{
    /// <summary>The largest payload that any data rate carries.</summary>
    public const int PayloadMaxLength = 242;

    public int MulticastGroupId { get; set; }

    public MulticastGroup? MulticastGroup { get; set; }

    [AuditedBytes]
    public required byte[] Payload { get; set; }

    public int FPort { get; set; }

    [NotAudited("The network tells it.")]
    public DownlinkState State { get; set; }

    /// <summary>The frame counter that the network gave it, once it did.</summary>
    [NotAudited("The network tells it.")]
    public long? FCntDown { get; set; }

    [NotAudited("The network tells it.")]
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Why it failed, for people.</summary>
    [NotAudited("The network tells it.")]
    public string? Error { get; set; }
}

internal sealed class MulticastDownlinkConfiguration : IEntityTypeConfiguration<MulticastDownlink>
{
    public void Configure(EntityTypeBuilder<MulticastDownlink> builder)
    {
        builder.ToTable("multicast_downlinks");
        builder.Property(d => d.FPort).HasColumnName("fport");
        builder.Property(d => d.FCntDown).HasColumnName("fcnt_down");
        builder.HasOne(d => d.MulticastGroup).WithMany(g => g.Downlinks).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(d => d.MulticastGroupId).HasFilter("state <= 1").HasDatabaseName("ix_multicast_downlinks_waiting");
        builder.HasIndex(d => new { d.MulticastGroupId, d.CreatedAt });
    }
}
