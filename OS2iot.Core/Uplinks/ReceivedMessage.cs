using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Devices;

namespace OS2iot.Core.Uplinks;

/// <summary>
/// A stored uplink. The table is partitioned by day of receipt and written in bulk by the storing stage; EF only reads it.
/// </summary>
[NotAudited("The pipeline writes it.")]
public sealed class ReceivedMessage
{
    /// <summary>The id under which the message was acknowledged.</summary>
    public Guid Id { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Numeric id for the places of the wire format that have one.</summary>
    public long Number { get; set; }

    public int DeviceId { get; set; }

    public int OrganizationId { get; set; }

    public DeviceType Network { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public int? FPort { get; set; }

    public long? FCnt { get; set; }

    /// <summary>dBm.</summary>
    public double? Rssi { get; set; }

    /// <summary>dB.</summary>
    public double? Snr { get; set; }

    /// <summary>It did not come by itself: the network had kept it, and was asked. Its time of receipt is the network's then.</summary>
    public bool IsRecovered { get; set; }

    /// <summary>JSON text in UTF-8 as received.</summary>
    public required byte[] Payload { get; set; }
}

/// <summary>What one decoder made of a stored uplink.</summary>
[NotAudited("The pipeline writes it.")]
public sealed class DecodedMessage
{
    public Guid MessageId { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public int DeviceId { get; set; }

    public int PayloadDecoderId { get; set; }

    public int PayloadDecoderVersion { get; set; }

    public DateTimeOffset DecodedAt { get; set; }

    /// <summary>JSON text in UTF-8; null when <see cref="Error"/> says why.</summary>
    public byte[]? Payload { get; set; }

    public string? Error { get; set; }
}

internal sealed class ReceivedMessageConfiguration : IEntityTypeConfiguration<ReceivedMessage>, IEntityTypeConfiguration<DecodedMessage>
{
    public void Configure(EntityTypeBuilder<ReceivedMessage> builder)
    {
        builder.ToTable("received_messages", table => table.ExcludeFromMigrations());
        builder.HasKey(m => new { m.ReceivedAt, m.Id });
        builder.Property(m => m.Network).HasConversion(type => type.ToWire(), word => DeviceTypes.Parse(word));
        builder.Property(m => m.FPort).HasColumnName("f_port");
        builder.Property(m => m.FCnt).HasColumnName("f_cnt");
    }

    public void Configure(EntityTypeBuilder<DecodedMessage> builder)
    {
        builder.ToTable("decoded_messages", table => table.ExcludeFromMigrations());
        builder.HasKey(m => new { m.ReceivedAt, m.MessageId, m.PayloadDecoderId });
    }
}
