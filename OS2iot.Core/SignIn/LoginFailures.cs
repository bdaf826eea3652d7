using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.SignIn;

/// <summary>How often a sign-in failed lately, for one account or address. In the database, so that several instances count together.</summary>
[NotAudited("Each failure has a line of its own.")]
public sealed class LoginFailures
{
    /// <summary>A hash: the table is no list of what was tried.</summary>
    public required byte[] Key { get; set; }

    public int Count { get; set; }

    public DateTimeOffset Since { get; set; }
}

internal sealed class LoginFailuresConfiguration : IEntityTypeConfiguration<LoginFailures>
{
    public void Configure(EntityTypeBuilder<LoginFailures> builder)
    {
        builder.ToTable("login_failures");
        builder.HasKey(f => f.Key);
        builder.HasIndex(f => f.Since);
    }
}
