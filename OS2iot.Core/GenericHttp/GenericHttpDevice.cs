using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Devices;

namespace OS2iot.Core.GenericHttp;

/// <summary>A device, or the cloud of its maker, that posts JSON to us and is known by a key in the address.</summary>
public sealed class GenericHttpDevice : Device
{
    /// <summary>Keyed hash by which Ingest finds the device; see <see cref="Secrets.LookupHash"/>.</summary>
    public required byte[] ApiKeyHash { get; set; }

    /// <summary>The key itself, encrypted, so that those who may can read it again.</summary>
    public required string ApiKeyCiphertext { get; set; }
}

internal sealed class GenericHttpDeviceConfiguration : IEntityTypeConfiguration<GenericHttpDevice>
{
    public void Configure(EntityTypeBuilder<GenericHttpDevice> builder)
    {
        builder.HasIndex(d => d.ApiKeyHash).IsUnique();
    }
}
