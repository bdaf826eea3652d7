using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.Devices;

/// <summary>
/// What the pipeline knows of a device: written in bulk for every message, so it stands apart from what people edit.
/// </summary>
[NotAudited("The pipeline writes it.")]
public sealed class DeviceState
{
    public int DeviceId { get; set; }

    /// <summary>The device's, as it stands there: lists of one application are ordered by what is here.</summary>
    public int ApplicationId { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }

    public Guid LastMessageId { get; set; }

    /// <summary>dBm, of the newest message that told.</summary>
    public double? Rssi { get; set; }

    /// <summary>dB, of the newest message that told.</summary>
    public double? Snr { get; set; }
}

internal sealed class DeviceStateConfiguration : IEntityTypeConfiguration<DeviceState>
{
    public void Configure(EntityTypeBuilder<DeviceState> builder)
    {
        builder.ToTable("device_states");
        builder.HasKey(s => s.DeviceId);
        builder.Property(s => s.DeviceId).ValueGeneratedNever();
        builder.HasIndex(s => new { s.ApplicationId, s.LastSeenAt, s.DeviceId });
        builder.HasIndex(s => new { s.ApplicationId, s.Rssi, s.DeviceId }).HasFilter("rssi IS NOT NULL");
        builder.HasIndex(s => new { s.ApplicationId, s.Snr, s.DeviceId }).HasFilter("snr IS NOT NULL");
    }
}
