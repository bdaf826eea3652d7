using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.ChirpStack;

/// <summary>What the network told of a device beside its uplinks. It may be there before the first of them.</summary>
[NotAudited("The pipeline writes it.")]
public sealed class LoRaWanState
{
    public int DeviceId { get; set; }

    public DateTimeOffset? JoinedAt { get; set; }

    /// <summary>8 hex digits; of the newest join.</summary>
    public string? DevAddr { get; set; }

    public DateTimeOffset? StatusAt { get; set; }

    /// <summary>Percent; null where the device does not know.</summary>
    public double? BatteryLevel { get; set; }

    public bool? HasExternalPower { get; set; }

    /// <summary>dB: how well the network is heard by the device.</summary>
    public int? LinkMargin { get; set; }
}

internal sealed class LoRaWanStateConfiguration : IEntityTypeConfiguration<LoRaWanState>
{
    public void Configure(EntityTypeBuilder<LoRaWanState> builder)
    {
        builder.ToTable("lorawan_states");
        builder.HasKey(s => s.DeviceId);
        builder.Property(s => s.DeviceId).ValueGeneratedNever();
        builder.HasOne<LoRaWanDevice>().WithOne(d => d.Radio).HasForeignKey<LoRaWanState>(s => s.DeviceId).OnDelete(DeleteBehavior.Cascade);
    }
}
