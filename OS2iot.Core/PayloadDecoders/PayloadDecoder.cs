using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>A user's script that turns what a device sent into JSON.</summary>
[Audited(AuditTypes.PayloadDecoder, Owner = nameof(OrganizationId))]
public sealed class PayloadDecoder : Entity
{
    public const int NameMaxLength = 50;

    public required string Name { get; set; }

    /// <summary>JavaScript.</summary>
    public required string DecodingFunction { get; set; }

    /// <summary>Grows by one with each change of the script; prepared scripts are cached by it.</summary>
    public int Version { get; set; } = 1;

    public int OrganizationId { get; set; }

    public Organization? Organization { get; set; }
}

internal sealed class PayloadDecoderConfiguration : IEntityTypeConfiguration<PayloadDecoder>
{
    public void Configure(EntityTypeBuilder<PayloadDecoder> builder)
    {
        builder.HasOne(d => d.Organization).WithMany(o => o.PayloadDecoders).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(d => d.Name);
    }
}
