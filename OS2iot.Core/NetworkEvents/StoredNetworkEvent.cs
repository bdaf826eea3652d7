using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.NetworkEvents;

/// <summary>A stored event. The table is partitioned by day of receipt and written in bulk; EF only reads it.</summary>
[NotAudited("The pipeline writes it.")]
public sealed class StoredNetworkEvent
{
    public Guid Id { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public NetworkEventKind Kind { get; set; }

    public int? DeviceId { get; set; }

    /// <summary>Our number of the gateway.</summary>
    public int? GatewayId { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public required string DeduplicationId { get; set; }

    /// <summary>JSON text in UTF-8.</summary>
    public required byte[] Payload { get; set; }
}

/// <summary>One gateway heard one uplink. Partitioned and written as events are.</summary>
[NotAudited("The pipeline writes it.")]
public sealed class Reception
{
    public Guid MessageId { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public int DeviceId { get; set; }

    /// <summary>EUI-64; also of gateways that are not ours.</summary>
    public required string GatewayEui { get; set; }

    /// <summary>dBm.</summary>
    public double? Rssi { get; set; }

    /// <summary>dB.</summary>
    public double? Snr { get; set; }

    /// <summary>Data rate.</summary>
    public int? Dr { get; set; }

    public int? SpreadingFactor { get; set; }

    /// <summary>Hz.</summary>
    public long? Frequency { get; set; }

    public long? FCnt { get; set; }
}

internal sealed class StoredNetworkEventConfiguration : IEntityTypeConfiguration<StoredNetworkEvent>, IEntityTypeConfiguration<Reception>
{
    public void Configure(EntityTypeBuilder<StoredNetworkEvent> builder)
    {
        builder.ToTable("network_events", table => table.ExcludeFromMigrations());
        builder.HasKey(e => new { e.ReceivedAt, e.Id });
        builder.Property(e => e.Kind).HasConversion(kind => kind.ToWire(), word => NetworkEventKinds.Parse(word));
    }

    public void Configure(EntityTypeBuilder<Reception> builder)
    {
        builder.ToTable("receptions", table => table.ExcludeFromMigrations());
        builder.HasKey(r => new { r.ReceivedAt, r.MessageId, r.GatewayEui });
        builder.Property(r => r.FCnt).HasColumnName("f_cnt");
    }
}
