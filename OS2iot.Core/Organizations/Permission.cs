using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Core.Organizations;

/// <summary>
/// A user group: what its users may do in one organization, and with which of its applications. The one without an organization
/// is that of the global administrators.
/// </summary>
[Audited(AuditTypes.Permission, Owner = nameof(OrganizationId))]
public sealed class Permission : Entity
{
    public const int NameMaxLength = 1024;

    public const string GlobalAdminName = "GlobalAdmin";

    public required string Name { get; set; }

    /// <summary>New applications of the organization are added to this permission by themselves.</summary>
    public bool? AutomaticallyAddNewApplications { get; set; } = false;

    public int? OrganizationId { get; set; }

    public Organization? Organization { get; set; }

    public List<PermissionTypeEntry> Types { get; } = [];

    [AuditedIds("userIds")]
    public List<User> Users { get; } = [];

    [AuditedIds("applicationIds")]
    public List<Application> Applications { get; } = [];

    public List<ApiKey> ApiKeys { get; } = [];
}

/// <summary>One right that a permission gives. A row of its own because the wire shows it with an id and dates.</summary>
[AuditedIn(typeof(Permission), "types", Value = nameof(Type))]
public sealed class PermissionTypeEntry : Entity
{
    public required PermissionType Type { get; set; }

    public int PermissionId { get; set; }
}

/// <summary>The rights there are. The names are those of wire and database.</summary>
public enum PermissionType
{
    GlobalAdmin,
    OrganizationUserAdmin,
    OrganizationGatewayAdmin,
    OrganizationApplicationAdmin,
    Read,
}

internal sealed class PermissionConfiguration : IEntityTypeConfiguration<Permission>, IEntityTypeConfiguration<PermissionTypeEntry>
{
    public void Configure(EntityTypeBuilder<Permission> builder)
    {
        builder.HasOne(p => p.Organization).WithMany(o => o.Permissions).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(p => p.Types).WithOne().HasForeignKey(t => t.PermissionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(p => p.Users).WithMany(u => u.Permissions).UsingEntity("permission_users");
        builder.HasMany(p => p.Applications).WithMany(a => a.Permissions).UsingEntity("permission_applications");
    }

    public void Configure(EntityTypeBuilder<PermissionTypeEntry> builder)
    {
        builder.ToTable("permission_types");
        builder.Property(t => t.Type).HasConversion<string>();
        builder.HasIndex(t => new { t.PermissionId, t.Type }).IsUnique();
    }
}
