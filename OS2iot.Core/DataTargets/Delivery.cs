using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.DataTargets;

/// <summary>
/// A message that a target has not taken yet. The row is the promise: it goes when the target took the message, and becomes a
/// dead letter when the schedule is exhausted.
/// </summary>
[NotAudited("The pipeline writes it.")]
public sealed class Delivery
{
    public long Id { get; set; }

    public Guid MessageId { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public int DeviceId { get; set; }

    public int ApplicationId { get; set; }

    public int OrganizationId { get; set; }

    public int? PayloadDecoderId { get; set; }

    public int ConnectionId { get; set; }

    public int DataTargetId { get; set; }

    /// <summary>JSON text in UTF-8.</summary>
    public required byte[] Payload { get; set; }

    public string? TraceParent { get; set; }

    public DeliveryState State { get; set; }

    /// <summary>Tries made so far.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>Somebody is trying until then.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    public Guid? LeaseOwner { get; set; }

    public string? LastError { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

public enum DeliveryState
{
    /// <summary>Waits for its next try, or is being tried.</summary>
    Pending = 0,

    /// <summary>The schedule is exhausted; only a person sends it again.</summary>
    Dead = 1,
}

/// <summary>One try to deliver a message to a target, for people to look at. Partitioned by day of receipt of the message.</summary>
[NotAudited("The pipeline writes it.")]
public sealed class DeliveryAttempt
{
    public Guid MessageId { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public int DeviceId { get; set; }

    public int ConnectionId { get; set; }

    public int DataTargetId { get; set; }

    public int? PayloadDecoderId { get; set; }

    /// <summary>1 for the first try.</summary>
    public int Attempt { get; set; }

    public DateTimeOffset AttemptedAt { get; set; }

    public int DurationMs { get; set; }

    public DeliveryOutcome Outcome { get; set; }

    public int? StatusCode { get; set; }

    public string? Error { get; set; }
}

internal sealed class DeliveryConfiguration : IEntityTypeConfiguration<Delivery>, IEntityTypeConfiguration<DeliveryAttempt>
{
    public void Configure(EntityTypeBuilder<Delivery> builder)
    {
        builder.ToTable("deliveries");
        builder.HasOne<DataTarget>().WithMany().HasForeignKey(d => d.DataTargetId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(d => new { d.MessageId, d.ConnectionId }).IsUnique();
        builder.HasIndex(d => new { d.DataTargetId, d.NextAttemptAt }).HasFilter("state = 0").HasDatabaseName("ix_deliveries_pending");
        builder.HasIndex(d => new { d.DataTargetId, d.State, d.ReceivedAt });
        builder.HasIndex(d => new { d.DeviceId, d.ReceivedAt });
        builder.HasIndex(d => new { d.OrganizationId, d.ReceivedAt }).HasFilter("state = 1").HasDatabaseName("ix_deliveries_dead");
    }

    public void Configure(EntityTypeBuilder<DeliveryAttempt> builder)
    {
        builder.ToTable("delivery_attempts", table => table.ExcludeFromMigrations());
        builder.HasKey(a => new { a.ReceivedAt, a.MessageId, a.ConnectionId, a.AttemptedAt });
    }
}
