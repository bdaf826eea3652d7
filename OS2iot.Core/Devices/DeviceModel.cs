using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.Devices;

/// <summary>Make and product of devices, described as in the smart data model of that name.</summary>
[Audited(AuditTypes.DeviceModel, Owner = nameof(OrganizationId))]
public sealed class DeviceModel : Entity
{
    /// <summary>A JSON object.</summary>
    public required string Body { get; set; }

    public int OrganizationId { get; set; }

    public Organization? Organization { get; set; }
}

internal sealed class DeviceModelConfiguration : IEntityTypeConfiguration<DeviceModel>
{
    public void Configure(EntityTypeBuilder<DeviceModel> builder)
    {
        builder.Property(m => m.Body).HasColumnType("jsonb");
        builder.HasOne(m => m.Organization).WithMany(o => o.DeviceModels).OnDelete(DeleteBehavior.Cascade);
    }
}
