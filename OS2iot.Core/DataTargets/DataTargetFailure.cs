using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.DataTargets;

/// <summary>
/// A target that has only failed since then. Workers write it; it goes when the target takes a message, when somebody resumes the
/// target and with the target itself. A table of its own, because a change of a target makes everybody read the routing again.
/// </summary>
[NotAudited("The pipeline writes it.")]
public sealed class DataTargetFailure
{
    public int DataTargetId { get; set; }

    /// <summary>The first failure after the last success.</summary>
    public DateTimeOffset Since { get; set; }

    public DateTimeOffset LastAt { get; set; }

    /// <summary>The last failure in words.</summary>
    public string? Error { get; set; }

    /// <summary>The target said that it is gone for good.</summary>
    public bool Gone { get; set; }

    /// <summary>When its owner was told that it fails.</summary>
    public DateTimeOffset? WarnedAt { get; set; }

    /// <summary>When its owner was told that it is switched off.</summary>
    public DateTimeOffset? ToldAt { get; set; }

    /// <summary>Somebody is writing to its owner, or could not; before then nobody else does.</summary>
    public DateTimeOffset? TellAfter { get; set; }
}

internal sealed class DataTargetFailureConfiguration : IEntityTypeConfiguration<DataTargetFailure>
{
    public void Configure(EntityTypeBuilder<DataTargetFailure> builder)
    {
        builder.ToTable("data_target_failures");
        builder.HasKey(f => f.DataTargetId);
        builder.Property(f => f.DataTargetId).ValueGeneratedNever();
        builder.HasOne<DataTarget>().WithOne().HasForeignKey<DataTargetFailure>(f => f.DataTargetId).OnDelete(DeleteBehavior.Cascade);
    }
}
