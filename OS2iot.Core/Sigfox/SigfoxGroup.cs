using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.Sigfox;

/// <summary>An organization's access to one group at Sigfox.</summary>
[Audited(AuditTypes.SigfoxGroup, Owner = nameof(OrganizationId), Name = nameof(Username))]
public sealed class SigfoxGroup : Entity
{
    public const int CredentialMaxLength = 250;

    /// <summary>Of the API user at Sigfox.</summary>
    public required string Username { get; set; }

    public required string PasswordCiphertext { get; set; }

    /// <summary>The group's id at Sigfox (24 hex digits), once it was asked.</summary>
    [NotAudited("Sigfox tells it.")]
    public string SigfoxGroupId { get; set; } = "";

    /// <summary>The group's name at Sigfox, once it was asked.</summary>
    [NotAudited("Sigfox tells it.")]
    public string? SigfoxGroupName { get; set; }

    public int OrganizationId { get; set; }

    public Organization? Organization { get; set; }
}

internal sealed class SigfoxGroupConfiguration : IEntityTypeConfiguration<SigfoxGroup>
{
    public void Configure(EntityTypeBuilder<SigfoxGroup> builder)
    {
        builder.HasOne(g => g.Organization).WithMany(o => o.SigfoxGroups).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(g => new { g.Username, g.OrganizationId }).IsUnique();
    }
}
