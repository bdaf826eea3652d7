using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// Work at Sigfox that takes longer than a person waits: Sigfox allows few calls, and has jobs of its own. Done by Workers; people see
/// how far it is.
/// </summary>
[Audited(AuditTypes.SigfoxJob, Owner = nameof(SigfoxGroupId))]
public sealed class SigfoxJob : Entity
{
    public SigfoxJobKind Kind { get; set; }

    /// <summary>By whose login.</summary>
    public int SigfoxGroupId { get; set; }

    public SigfoxGroup? SigfoxGroup { get; set; }

    /// <summary>At Sigfox. Of a restart of a whole device type that type; of a transfer where the devices go.</summary>
    public string? DeviceTypeId { get; set; }

    /// <summary>Of a transfer, what that type is called.</summary>
    public string? DeviceTypeName { get; set; }

    [NotAudited("Workers tell it.")]
    public SigfoxJobState State { get; set; }

    /// <summary>Devices; of a restart of a whole type known when Sigfox told.</summary>
    public int Total { get; set; }

    [NotAudited("Workers tell it.")]
    public int Succeeded { get; set; }

    [NotAudited("Workers tell it.")]
    public int Failed { get; set; }

    /// <summary>Why it ended without being done, or why it waits; for people.</summary>
    [NotAudited("Workers tell it.")]
    public string? Message { get; set; }

    /// <summary>Sigfox's own job, while it runs.</summary>
    [NotAudited("Workers tell it.")]
    public string? NetworkJobId { get; set; }

    /// <summary>Not before then; null for at once.</summary>
    [NotAudited("Workers tell it.")]
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>Tries in a row that got nowhere.</summary>
    [NotAudited("Workers tell it.")]
    public int Attempts { get; set; }

    [NotAudited("Workers tell it.")]
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The process that does it now.</summary>
    [NotAudited("Workers tell it.")]
    public Guid? LeaseOwner { get; set; }

    [NotAudited("Workers tell it.")]
    public DateTimeOffset? LeaseUntil { get; set; }

    public List<SigfoxJobItem> Items { get; } = [];
}

/// <summary>One device of a job.</summary>
[NotAudited("Its job is told.")]
public sealed class SigfoxJobItem
{
    public int SigfoxJobId { get; set; }

    /// <summary>From 1, in the order in which they were asked for.</summary>
    public int Number { get; set; }

    public int? DeviceId { get; set; }

    public SigfoxDevice? Device { get; set; }

    /// <summary>At Sigfox.</summary>
    public required string SigfoxId { get; set; }

    public SigfoxItemState State { get; set; }

    /// <summary>Sigfox was asked and may have done it, though it did not say so.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>Why it failed, for people.</summary>
    public string? Error { get; set; }
}

public enum SigfoxJobKind
{
    Register = 0,
    RestartDevices = 1,
    RestartDeviceType = 2,
    Transfer = 3,
}

public enum SigfoxJobState
{
    Waiting = 0,
    Running = 1,

    /// <summary>Every device has its result, good or bad.</summary>
    Done = 2,

    /// <summary>It ended early, see the message.</summary>
    Failed = 3,
}

public enum SigfoxItemState
{
    Waiting = 0,

    /// <summary>Given to Sigfox's own job.</summary>
    Asked = 1,

    Done = 2,

    Failed = 3,
}

internal sealed class SigfoxJobConfiguration : IEntityTypeConfiguration<SigfoxJob>, IEntityTypeConfiguration<SigfoxJobItem>
{
    public void Configure(EntityTypeBuilder<SigfoxJob> builder)
    {
        builder.ToTable("sigfox_jobs");
        builder.HasOne(j => j.SigfoxGroup).WithMany().OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(j => j.Items).WithOne().HasForeignKey(i => i.SigfoxJobId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(j => new { j.SigfoxGroupId, j.Id });
        builder.HasIndex(j => j.NextAttemptAt).HasFilter("state <= 1").HasDatabaseName("ix_sigfox_jobs_open");
    }

    public void Configure(EntityTypeBuilder<SigfoxJobItem> builder)
    {
        builder.ToTable("sigfox_job_items");
        builder.HasKey(i => new { i.SigfoxJobId, i.Number });
        builder.HasOne(i => i.Device).WithMany().HasForeignKey(i => i.DeviceId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(i => i.DeviceId);
    }
}
