using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OS2iot.Core.Audit;

/// <summary>
/// Somebody did something. Append-only: the database refuses to change a row, and to remove one younger than a year. Refers to
/// nothing by foreign key, because it outlives what it tells of.
/// </summary>
[NotAudited("It is the log.")]
public sealed class AuditEntry
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Null for what nobody who was signed in did, such as a failed sign-in.</summary>
    public int? UserId { get; set; }

    /// <summary>The user's or the API key's name at that time; of a failed sign-in the name that was tried.</summary>
    public string? UserName { get; set; }

    public IPAddress? Address { get; set; }

    /// <summary>CREATE, UPDATE, DELETE, LOGIN and the like.</summary>
    public required string Action { get; set; }

    /// <summary>What it was done to, such as IoTDevice.</summary>
    public required string Type { get; set; }

    public string? EntityId { get; set; }

    public string? Name { get; set; }

    /// <summary>Whose administrators may read it; null is for global administrators only.</summary>
    public int? OrganizationId { get; set; }

    /// <summary>What it was before, as JSON without secrets: of an update only the members that changed.</summary>
    public string? Before { get; set; }

    public string? After { get; set; }

    public bool Succeeded { get; set; } = true;

    /// <summary>Why it was refused.</summary>
    public string? Reason { get; set; }

    public string? TraceId { get; set; }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.Property(e => e.Before).HasColumnType("jsonb");
        builder.Property(e => e.After).HasColumnType("jsonb");
        builder.HasIndex(e => new { e.At, e.Id });
        builder.HasIndex(e => new { e.OrganizationId, e.At, e.Id });
        builder.HasIndex(e => new { e.UserId, e.At });
        builder.HasIndex(e => new { e.Type, e.EntityId, e.At });
    }
}
