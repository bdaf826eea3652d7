using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.SignIn;

/// <summary>A token of an identity provider that did its work. It does none again, whoever brings it.</summary>
[NotAudited("What the token was used for has a line of its own.")]
public sealed class UsedToken
{
    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Needn't be remembered any longer: by then the token itself is out of date.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
}

internal sealed class UsedTokenConfiguration : IEntityTypeConfiguration<UsedToken>
{
    public void Configure(EntityTypeBuilder<UsedToken> builder)
    {
        builder.ToTable("used_tokens");
        builder.HasKey(t => t.Hash);
        builder.HasIndex(t => t.ExpiresAt);
    }
}
