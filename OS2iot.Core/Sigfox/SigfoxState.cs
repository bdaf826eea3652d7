using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.Sigfox;

/// <summary>What Sigfox tells of a device beside its messages. Nothing depends on it: a contract may leave all of it out.</summary>
[NotAudited("The pipeline writes it.")]
public sealed class SigfoxState
{
    public int DeviceId { get; set; }

    public SigfoxDevice? Device { get; set; }

    /// <summary>Of battery and temperature.</summary>
    public DateTimeOffset? StatusAt { get; set; }

    /// <summary>Volt.</summary>
    public double? Battery { get; set; }

    /// <summary>Degrees Celsius.</summary>
    public double? Temperature { get; set; }

    /// <summary>Of the message by which signal and place were told.</summary>
    public DateTimeOffset? SignalAt { get; set; }

    /// <summary>LIMIT, AVERAGE, GOOD, EXCELLENT or NA.</summary>
    public string? LinkQuality { get; set; }

    /// <summary>How many base stations heard it.</summary>
    public int? Stations { get; set; }

    public string? OperatorName { get; set; }

    /// <summary>Where Sigfox computed it to be.</summary>
    public double? Latitude { get; set; }

    public double? Longitude { get; set; }

    /// <summary>Metres around that.</summary>
    public double? Radius { get; set; }

    public DateTimeOffset? LocatedAt { get; set; }

    public DateTimeOffset? ErrorAt { get; set; }

    /// <summary>WARN or ERROR.</summary>
    public string? ErrorSeverity { get; set; }

    public string? Error { get; set; }

    /// <summary>Since when Sigfox does not have the device any more.</summary>
    public DateTimeOffset? MissingSince { get; set; }
}

/// <summary>Who heard a message, and where the device may have been: told half a minute after the message, or before we have that.</summary>
[NotAudited("The pipeline writes it.")]
public sealed class SigfoxReception
{
    /// <summary>Of the uplink that it belongs to.</summary>
    public Guid MessageId { get; set; }

    public int DeviceId { get; set; }

    public SigfoxDevice? Device { get; set; }

    /// <summary>Our clock.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>dBm, of the best base station.</summary>
    public double? Rssi { get; set; }

    /// <summary>dB, of the best base station.</summary>
    public double? Snr { get; set; }

    public string? LinkQuality { get; set; }

    public double? Latitude { get; set; }

    public double? Longitude { get; set; }

    /// <summary>Metres.</summary>
    public double? Radius { get; set; }

    /// <summary>JSON: the base stations as Sigfox lists them.</summary>
    public string? Stations { get; set; }

    /// <summary>The message in the history has the signal too.</summary>
    public bool IsMerged { get; set; }
}

internal sealed class SigfoxStateConfiguration : IEntityTypeConfiguration<SigfoxState>, IEntityTypeConfiguration<SigfoxReception>
{
    public void Configure(EntityTypeBuilder<SigfoxState> builder)
    {
        builder.ToTable("sigfox_states");
        builder.HasKey(s => s.DeviceId);
        builder.Property(s => s.DeviceId).ValueGeneratedNever();
        builder.HasOne(s => s.Device).WithOne().HasForeignKey<SigfoxState>(s => s.DeviceId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<SigfoxReception> builder)
    {
        builder.ToTable("sigfox_receptions");
        builder.HasKey(r => r.MessageId);
        builder.Property(r => r.MessageId).ValueGeneratedNever();
        builder.Property(r => r.Stations).HasColumnType("jsonb");
        builder.Property(r => r.IsMerged).HasDefaultValue(false);
        builder.HasOne(r => r.Device).WithMany().HasForeignKey(r => r.DeviceId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(r => new { r.DeviceId, r.ReceivedAt });
        builder.HasIndex(r => r.ReceivedAt).HasFilter("NOT is_merged").HasDatabaseName("ix_sigfox_receptions_waiting");
    }
}
