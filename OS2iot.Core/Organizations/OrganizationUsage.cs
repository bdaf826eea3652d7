using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.Organizations;

/// <summary>What all instances of Ingest took from an organization's devices in a day, a few seconds late.</summary>
[NotAudited("Ingest writes it.")]
public sealed class OrganizationUsage
{
    public int OrganizationId { get; set; }

    /// <summary>By UTC.</summary>
    public DateOnly Day { get; set; }

    public long Messages { get; set; }
}

internal sealed class OrganizationUsageConfiguration : IEntityTypeConfiguration<OrganizationUsage>
{
    public void Configure(EntityTypeBuilder<OrganizationUsage> builder)
    {
        builder.ToTable("organization_usage");
        builder.HasKey(u => new { u.OrganizationId, u.Day });
        builder.HasOne<Organization>().WithMany(o => o.Usage).OnDelete(DeleteBehavior.Cascade);
    }
}
