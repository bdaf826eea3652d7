using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Devices;

namespace OS2iot.Core.ChirpStack;

/// <summary>A LoRaWAN device, whose network is ChirpStack. Keys are kept encrypted, because those who may can read them again.</summary>
public sealed class LoRaWanDevice : Device
{
    /// <summary>EUI-64 as 16 lower-case hex digits; unique in the installation.</summary>
    public required string DevEui { get; set; }

    /// <summary>16 lower-case hex digits; null is all zeros.</summary>
    public string? JoinEui { get; set; }

    public Guid DeviceProfileId { get; set; }

    public DeviceProfile? DeviceProfile { get; set; }

    public Activation Activation { get; set; }

    public bool SkipFCntCheck { get; set; }

    public bool IsDisabled { get; set; }

    /// <summary>OTAA: 32 hex digits. LoRaWAN 1.0's AppKey, which is 1.1's NwkKey.</summary>
    public string? NwkKeyCiphertext { get; set; }

    /// <summary>OTAA with LoRaWAN 1.1: 32 hex digits.</summary>
    public string? AppKeyCiphertext { get; set; }

    /// <summary>ABP: 8 hex digits.</summary>
    public string? DevAddr { get; set; }

    /// <summary>ABP: the last uplink's frame counter.</summary>
    public long? FCntUp { get; set; }

    public long? NFCntDown { get; set; }

    public long? AFCntDown { get; set; }

    /// <summary>ABP: 32 hex digits.</summary>
    public string? AppSKeyCiphertext { get; set; }

    /// <summary>ABP: 32 hex digits. LoRaWAN 1.0's NwkSKey.</summary>
    public string? NwkSEncKeyCiphertext { get; set; }

    public string? SNwkSIntKeyCiphertext { get; set; }

    public string? FNwkSIntKeyCiphertext { get; set; }

    /// <summary>The application at ChirpStack that holds the device, once it is there.</summary>
    [NotAudited("The network gives it.")]
    public string? ChirpStackApplicationId { get; set; }

    public LoRaWanState? Radio { get; set; }
}

/// <summary>How device and network agree on session keys.</summary>
public enum Activation
{
    /// <summary>Not yet decided; the device can't join.</summary>
    None,

    /// <summary>Over the air: the device joins and both derive the keys.</summary>
    Otaa,

    /// <summary>By personalization: the session keys are written into both.</summary>
    Abp,
}

internal sealed class LoRaWanDeviceConfiguration : IEntityTypeConfiguration<LoRaWanDevice>
{
    public void Configure(EntityTypeBuilder<LoRaWanDevice> builder)
    {
        builder.Property(d => d.DevEui).HasColumnName("dev_eui");
        builder.Property(d => d.JoinEui).HasColumnName("join_eui");
        builder.Property(d => d.SkipFCntCheck).HasColumnName("skip_fcnt_check");
        builder.Property(d => d.FCntUp).HasColumnName("fcnt_up");
        builder.Property(d => d.NFCntDown).HasColumnName("nfcnt_down");
        builder.Property(d => d.AFCntDown).HasColumnName("afcnt_down");
        builder.Property(d => d.AppSKeyCiphertext).HasColumnName("app_skey_ciphertext");
        builder.Property(d => d.NwkSEncKeyCiphertext).HasColumnName("nwk_senc_key_ciphertext");
        builder.Property(d => d.SNwkSIntKeyCiphertext).HasColumnName("snwk_sint_key_ciphertext");
        builder.Property(d => d.FNwkSIntKeyCiphertext).HasColumnName("fnwk_sint_key_ciphertext");
        builder.Property(d => d.ChirpStackApplicationId).HasColumnName("chirpstack_application_id");
        builder.Property(d => d.Activation).HasConversion<string>();
        builder.HasIndex(d => d.DevEui).IsUnique();

        // No action rather than restrict: an organization goes with both in one statement.
        builder.HasOne(d => d.DeviceProfile).WithMany(p => p.Devices).OnDelete(DeleteBehavior.NoAction);

        // Whoever shows a device shows its profile's name, wherever the device came from.
        builder.Navigation(d => d.DeviceProfile).AutoInclude();
    }
}
