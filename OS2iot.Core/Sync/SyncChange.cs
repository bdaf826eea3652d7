using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.Sync;

/// <summary>
/// Something of ours changed that an outside system has to follow. Saved in the same transaction as the change itself; it goes when the
/// system has followed. It says only what changed: how it is now is read when it is applied, so applying twice does no harm.
/// </summary>
[NotAudited("What is followed is told by itself.")]
public sealed class SyncChange
{
    public long Id { get; set; }

    /// <summary>The name of a <see cref="SyncedSystem"/>.</summary>
    public required string System { get; set; }

    /// <summary>What kind of thing it is, in the system's words, such as <c>device</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>By what the system knows the thing. Never changes; a thing whose key changes is two.</summary>
    public required string Key { get; set; }

    /// <summary>Our row was removed. A hint only: it may have been made again since.</summary>
    public bool IsRemoval { get; set; }

    /// <summary>JSON: what is needed after our row is gone.</summary>
    public string? Details { get; set; }

    /// <summary>Whose thing it is.</summary>
    public int? OrganizationId { get; set; }

    public SyncChangeState State { get; set; }

    /// <summary>Tries that failed for this change alone, not for the whole system.</summary>
    public int Attempts { get; set; }

    /// <summary>Not before then; null for at once.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>Why it was refused or failed, for people.</summary>
    public string? Error { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public SyncedKey SyncedKey => new(Kind, Key);
}

public enum SyncChangeState
{
    Pending = 0,

    /// <summary>The system won't have it as it is. Stays to be seen until the thing changes again and that is taken.</summary>
    Refused = 1,
}

/// <summary>One thing at an outside system.</summary>
public readonly record struct SyncedKey(string Kind, string Key);

internal sealed class SyncChangeConfiguration : IEntityTypeConfiguration<SyncChange>
{
    public void Configure(EntityTypeBuilder<SyncChange> builder)
    {
        builder.ToTable("sync_changes");
        builder.Ignore(c => c.SyncedKey);
        builder.Property(c => c.Details).HasColumnType("jsonb");
        builder.Property(c => c.State).HasDefaultValue(SyncChangeState.Pending);
        builder.Property(c => c.Attempts).HasDefaultValue(0);
        builder.Property(c => c.IsRemoval).HasDefaultValue(false);
        builder.Property(c => c.CreatedAt).HasDefaultValueSql("now()");
        builder.HasIndex(c => new { c.System, c.State, c.Id });
        builder.HasIndex(c => new { c.System, c.Kind, c.Key, c.Id });
    }
}
