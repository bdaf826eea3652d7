using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.SignIn;

/// <summary>Stands in for the one-time code of a user whose phone is lost, once.</summary>
[NotAudited("Making and using them have lines of their own.")]
public sealed class RecoveryCode
{
    public int UserId { get; set; }

    public required byte[] Hash { get; set; }
}

internal sealed class RecoveryCodeConfiguration : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.ToTable("recovery_codes");
        builder.HasKey(c => new { c.UserId, c.Hash });
        builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
