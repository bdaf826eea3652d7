using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;

namespace OS2iot.Core.Downlinks;

/// <summary>A message to a device, waiting its turn or on record.</summary>
[Audited(AuditTypes.Downlink, Owner = nameof(DeviceId))]
public sealed class DownlinkQueueItem : Entity
{
    public int DeviceId { get; set; }

    public Device? Device { get; set; }

    [AuditedBytes]
    public required byte[] Payload { get; set; }

    /// <summary>LoRaWAN; null elsewhere.</summary>
    public int? FPort { get; set; }

    /// <summary>The device is asked to acknowledge.</summary>
    public bool Confirmed { get; set; }

    [NotAudited("The network tells it.")]
    public DownlinkState State { get; set; }

    /// <summary>The network's own id of the item, once it has one.</summary>
    [NotAudited("The network tells it.")]
    public string? NetworkItemId { get; set; }

    [NotAudited("The network tells it.")]
    public long? FCntDown { get; set; }

    [NotAudited("The network tells it.")]
    public DateTimeOffset? SentAt { get; set; }

    [NotAudited("The network tells it.")]
    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>How often it was sent, where a network lets us send again what did not arrive.</summary>
    [NotAudited("The network tells it.")]
    public int Attempts { get; set; }

    /// <summary>Why it failed, for people.</summary>
    [NotAudited("The network tells it.")]
    public string? Error { get; set; }
}

public enum DownlinkState
{
    /// <summary>Not handed to the network yet.</summary>
    Pending = 0,

    /// <summary>The network has it.</summary>
    Queued = 1,

    /// <summary>On the air.</summary>
    Sent = 2,

    Acknowledged = 3,

    /// <summary>Refused by network or device.</summary>
    Failed = 4,

    /// <summary>Removed from the queue before it was sent.</summary>
    Flushed = 5,
}

internal sealed class DownlinkQueueItemConfiguration : IEntityTypeConfiguration<DownlinkQueueItem>
{
    public void Configure(EntityTypeBuilder<DownlinkQueueItem> builder)
    {
        builder.ToTable("downlinks");
        builder.Property(d => d.FPort).HasColumnName("fport");
        builder.Property(d => d.Attempts).HasDefaultValue(0);
        builder.Property(d => d.FCntDown).HasColumnName("fcnt_down");
        builder.HasOne(d => d.Device).WithMany(d => d.Downlinks).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(d => new { d.DeviceId, d.CreatedAt });
        builder.HasIndex(d => d.NetworkItemId);
        builder.HasIndex(d => d.DeviceId).HasFilter("state <= 1").HasDatabaseName("ix_downlinks_waiting");
    }
}
