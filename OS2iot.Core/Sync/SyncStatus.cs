using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.Sync;

/// <summary>How an outside system follows ours, and which instance leads it.</summary>
[NotAudited("The product's own note.")]
public sealed class SyncStatus
{
    /// <summary>The name of a <see cref="SyncedSystem"/>.</summary>
    public required string System { get; set; }

    /// <summary>The process that applies changes now.</summary>
    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Tries in a row that did not reach the system.</summary>
    public int Failures { get; set; }

    /// <summary>Since when it is not reached.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>While it is not reached: the next try.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>Why it was not reached, for people. Null while it is.</summary>
    public string? LastError { get; set; }

    public DateTimeOffset? LastAppliedAt { get; set; }

    /// <summary>When both sides were last compared. Null asks for it.</summary>
    public DateTimeOffset? ReconciledAt { get; set; }

    /// <summary>Why the last comparison did not end, for people.</summary>
    public string? ReconcileError { get; set; }

    /// <summary>Ours that were not there at the last comparison.</summary>
    public int Missing { get; set; }

    /// <summary>Not ours any more, and still there.</summary>
    public int Extra { get; set; }

    public int Different { get; set; }

    /// <summary>JSON: some of them, as <see cref="SyncDriftExample"/>.</summary>
    public string? Examples { get; set; }
}

/// <summary>One of the things that differed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">By what the system knows it.</param>
/// <param name="Difference">missing, extra or different.</param>
public sealed record SyncDriftExample(string Kind, string Key, string Difference);

internal sealed class SyncStatusConfiguration : IEntityTypeConfiguration<SyncStatus>
{
    public void Configure(EntityTypeBuilder<SyncStatus> builder)
    {
        builder.ToTable("sync_status");
        builder.HasKey(s => s.System);
        builder.Property(s => s.Examples).HasColumnType("jsonb");
        builder.Property(s => s.Failures).HasDefaultValue(0);
        builder.Property(s => s.Missing).HasDefaultValue(0);
        builder.Property(s => s.Extra).HasDefaultValue(0);
        builder.Property(s => s.Different).HasDefaultValue(0);
    }
}
