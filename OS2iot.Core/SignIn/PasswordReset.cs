using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.SignIn;

/// <summary>A mail went out by which a user may choose a new password, once.</summary>
[NotAudited("Asking for it and using it have lines of their own.")]
public sealed class PasswordReset
{
    /// <summary>Of the token in the mail.</summary>
    public required byte[] TokenHash { get; set; }

    public int UserId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}

internal sealed class PasswordResetConfiguration : IEntityTypeConfiguration<PasswordReset>
{
    public void Configure(EntityTypeBuilder<PasswordReset> builder)
    {
        builder.ToTable("password_resets");
        builder.HasKey(r => r.TokenHash);
        builder.HasIndex(r => r.ExpiresAt);
        builder.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
