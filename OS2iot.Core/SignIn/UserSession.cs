using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.SignIn;

/// <summary>Somebody is signed in. Every access token names its session, and stops working when that ends.</summary>
[NotAudited("Its beginning and its end have lines of their own.")]
public sealed class UserSession
{
    public const int ClientMaxLength = 200;

    public Guid Id { get; set; }

    public int UserId { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>To the few minutes that an access token lasts.</summary>
    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>Ends then at the latest.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Of the token that renews the session; null for a session that can't be renewed.</summary>
    public byte[]? RefreshHash { get; set; }

    /// <summary>Of the token before that: two requests may renew at once, and whoever comes much later stole it.</summary>
    public byte[]? PreviousRefreshHash { get; set; }

    public DateTimeOffset? RefreshedAt { get; set; }

    /// <summary>The identity provider; null for a password.</summary>
    public string? Issuer { get; set; }

    /// <summary>What the identity provider calls its own session.</summary>
    public string? ProviderSession { get; set; }

    /// <summary>Where the sign-in came from.</summary>
    public string? Address { get; set; }

    /// <summary>What the browser or program calls itself.</summary>
    public string? Client { get; set; }
}

internal sealed class UserSessionConfiguration : IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<UserSession> builder)
    {
        builder.ToTable("user_sessions");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Client).HasMaxLength(UserSession.ClientMaxLength);
        builder.HasIndex(s => s.RefreshHash).IsUnique();
        builder.HasIndex(s => s.PreviousRefreshHash);
        builder.HasIndex(s => new { s.UserId, s.ExpiresAt });
        builder.HasIndex(s => new { s.Issuer, s.ProviderSession });
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
