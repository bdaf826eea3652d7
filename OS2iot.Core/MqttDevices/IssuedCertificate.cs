using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.MqttDevices;

/// <summary>
/// A certificate that we gave to a device. Outlives the device, so that the list of revoked certificates is complete. The database
/// revokes what is left when a device goes or changes to a password.
/// </summary>
[NotAudited("The device tells it.")]
public sealed class IssuedCertificate
{
    public long Id { get; set; }

    public int DeviceId { get; set; }

    /// <summary>Of the authority that signed it.</summary>
    public int Generation { get; set; }

    /// <summary>Hex digits, in lower case.</summary>
    public required string Serial { get; set; }

    public DateTimeOffset NotAfter { get; set; }

    /// <summary>From then on it is good for nothing; may be in the future, while its successor is brought out.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class IssuedCertificateConfiguration : IEntityTypeConfiguration<IssuedCertificate>
{
    public void Configure(EntityTypeBuilder<IssuedCertificate> builder)
    {
        builder.ToTable("issued_certificates");
        builder.Property(c => c.CreatedAt).HasDefaultValueSql("now()");
        builder.HasIndex(c => c.DeviceId);
        builder.HasIndex(c => c.RevokedAt).HasFilter("revoked_at IS NOT NULL");
    }
}
