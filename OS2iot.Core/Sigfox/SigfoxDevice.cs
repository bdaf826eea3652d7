using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Devices;

namespace OS2iot.Core.Sigfox;

/// <summary>A device on Sigfox's network, reached through one of its organization's groups.</summary>
public sealed class SigfoxDevice : Device
{
    /// <summary>At Sigfox: up to 8 upper-case hex digits; unique in the installation.</summary>
    public required string SigfoxId { get; set; }

    /// <summary>The device type's id at Sigfox (24 lower-case hex digits).</summary>
    public string? SigfoxDeviceTypeId { get; set; }

    public string? SigfoxDeviceTypeName { get; set; }

    public int SigfoxGroupId { get; set; }

    public SigfoxGroup? SigfoxGroup { get; set; }

    /// <summary>The porting authorization code, which whoever owns the device knows. Encrypted.</summary>
    public string? PacCiphertext { get; set; }

    public string? EndProductCertificate { get; set; }

    public bool Prototype { get; set; }

    /// <summary>16 hex digits that wait for the device to ask; of an imported device. Others wait in the queue of downlinks.</summary>
    public string? DownlinkPayload { get; set; }

    /// <summary>Null: Sigfox has it.</summary>
    [NotAudited("Sigfox tells it.")]
    public SigfoxRegistration? Registration { get; set; }

    /// <summary>Why Sigfox won't have it, for people.</summary>
    [NotAudited("Sigfox tells it.")]
    public string? RegistrationError { get; set; }

    /// <summary>The device type that Sigfox is moving it to; its callbacks may name either meanwhile.</summary>
    [NotAudited("Sigfox tells it.")]
    public string? NextDeviceTypeId { get; set; }
}

/// <summary>How far a device is on its way to Sigfox.</summary>
public enum SigfoxRegistration
{
    Pending = 1,
    Refused = 2,
}

internal sealed class SigfoxDeviceConfiguration : IEntityTypeConfiguration<SigfoxDevice>
{
    public void Configure(EntityTypeBuilder<SigfoxDevice> builder)
    {
        builder.HasIndex(d => d.SigfoxId).IsUnique();
        builder.HasIndex(d => d.SigfoxDeviceTypeId);
        builder.Property(d => d.Registration).HasColumnName("sigfox_registration");
        builder.Property(d => d.RegistrationError).HasColumnName("sigfox_registration_error");
        builder.Property(d => d.NextDeviceTypeId).HasColumnName("sigfox_next_device_type_id");

        // No action rather than restrict: an organization goes with both in one statement.
        builder.HasOne(d => d.SigfoxGroup).WithMany().OnDelete(DeleteBehavior.NoAction);

        // A device shows its group's id at Sigfox wherever it is shown.
        builder.Navigation(d => d.SigfoxGroup).AutoInclude();
    }
}
