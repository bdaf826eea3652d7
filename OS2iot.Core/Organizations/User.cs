using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Core.Organizations;

/// <summary>Somebody who signs in, or the system user behind an API key.</summary>
[Audited(AuditTypes.User, Owner = nameof(Permissions))]
public sealed class User : Entity
{
    public const int NameMaxLength = 50;

    /// <summary>No installation may ask for less; most ask for more.</summary>
    public const int PasswordMinLength = 8;

    public const int PasswordMaxLength = 128;

    public required string Name { get; set; }

    /// <summary>Also the user name at sign-in; matched exactly.</summary>
    public string? Email { get; set; }

    /// <summary>bcrypt; null for users of an identity provider and for system users.</summary>
    public string? PasswordHash { get; set; }

    public bool Active { get; set; } = true;

    [NotAudited("A sign-in has a line of its own.")]
    public DateTimeOffset? LastLogin { get; set; }

    /// <summary>The identity provider's name for the user.</summary>
    public string? NameId { get; set; }

    /// <summary>The identity provider by which the user signs in, and its unchanging word for the user. Both or neither.</summary>
    public string? Issuer { get; set; }

    public string? Subject { get; set; }

    public bool? AwaitingConfirmation { get; set; }

    public bool IsSystemUser { get; set; }

    public bool ShowWelcomeScreen { get; set; }

    /// <summary>May not sign in from then on, nor use what was opened before; null never.</summary>
    public DateTimeOffset? ExpiresOn { get; set; }

    /// <summary>Of which one-time codes are made (RFC 6238); null where a password is enough.</summary>
    public string? TotpSecretCiphertext { get; set; }

    /// <summary>The newest code that was used: none is taken twice.</summary>
    [NotAudited("Changes with each sign-in.")]
    public long? TotpStep { get; set; }

    public List<Permission> Permissions { get; } = [];

    public List<Organization> RequestedOrganizations { get; } = [];
}

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.HasIndex(u => u.Email).IsUnique();
        builder.HasIndex(u => u.NameId).IsUnique();
        builder.HasIndex(u => new { u.Issuer, u.Subject }).IsUnique();
    }
}
