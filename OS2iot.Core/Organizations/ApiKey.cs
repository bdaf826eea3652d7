using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Core.Organizations;

/// <summary>Lets a program in with permissions of its own. The key is shown once; what stays is its hash.</summary>
[Audited(AuditTypes.ApiKey, Owner = nameof(Permissions))]
public sealed class ApiKey : Entity
{
    public const int NameMinLength = 2;

    public const int NameMaxLength = 50;

    public required string Name { get; set; }

    /// <summary>By which a request's key is found; see <see cref="Secrets.LookupHash"/>.</summary>
    public required byte[] KeyHash { get; set; }

    /// <summary>The key's first characters, by which people tell keys apart.</summary>
    public required string KeyPrefix { get; set; }

    /// <summary>The key before the present one; it goes on working for a while, so that programs can be changed over.</summary>
    public byte[]? PreviousKeyHash { get; set; }

    public DateTimeOffset? PreviousKeyExpiresOn { get; set; }

    /// <summary>Stops working then; null never.</summary>
    public DateTimeOffset? ExpiresOn { get; set; }

    /// <summary>To the hour, so that a busy key does not write with every request.</summary>
    [NotAudited("Using a key changes nothing.")]
    public DateTimeOffset? LastUsedAt { get; set; }

    public int SystemUserId { get; set; }

    /// <summary>Stands as the author of what is done with the key. Stays when the key goes.</summary>
    public User? SystemUser { get; set; }

    [AuditedIds("permissionIds")]
    public List<Permission> Permissions { get; } = [];
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.HasIndex(k => k.KeyHash).IsUnique();
        builder.HasIndex(k => k.PreviousKeyHash).IsUnique();
        builder.HasOne(k => k.SystemUser).WithOne().HasForeignKey<ApiKey>(k => k.SystemUserId).OnDelete(DeleteBehavior.NoAction);
        builder.HasMany(k => k.Permissions).WithMany(p => p.ApiKeys).UsingEntity("api_key_permissions");
    }
}
