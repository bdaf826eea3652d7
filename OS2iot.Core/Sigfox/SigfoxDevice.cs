using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
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
}

internal sealed class SigfoxDeviceConfiguration : IEntityTypeConfiguration<SigfoxDevice>
{
    public void Configure(EntityTypeBuilder<SigfoxDevice> builder)
    {
        builder.HasIndex(d => d.SigfoxId).IsUnique();
        builder.HasIndex(d => d.SigfoxDeviceTypeId);

        // No action rather than restrict: an organization goes with both in one statement.
        builder.HasOne(d => d.SigfoxGroup).WithMany().OnDelete(DeleteBehavior.NoAction);

        // A device shows its group's id at Sigfox wherever it is shown.
        builder.Navigation(d => d.SigfoxGroup).AutoInclude();
    }
}
