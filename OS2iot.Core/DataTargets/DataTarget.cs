using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets.OpenDataDk;

namespace OS2iot.Core.DataTargets;

/// <summary>Where decoded data of an application goes.</summary>
[Audited(AuditTypes.DataTarget, Owner = nameof(ApplicationId))]
public sealed class DataTarget : Entity
{
    public const int NameMaxLength = 50;

    public const int HighestConcurrency = 64;

    public required string Name { get; set; }

    /// <summary>The type's wire value, one of <see cref="DataTargetTypes"/>.</summary>
    public required string Type { get; set; }

    public int ApplicationId { get; set; }

    public Application? Application { get; set; }

    /// <summary>
    /// The type's settings as JSON; members marked as passwords are encrypted. Read and written by <see cref="DataTargetTypes"/>.
    /// </summary>
    [SettingsWithoutSecrets]
    public required string Settings { get; set; }

    /// <summary>The settings' address, for ordering; null for types without one. Kept by the database.</summary>
    [NotAudited("It stands in the settings.")]
    public string? Url { get; private set; }

    public List<DataTargetConnection> Connections { get; } = [];

    /// <summary>Somebody wants nothing to be sent for now. What comes meanwhile waits.</summary>
    public bool Paused { get; set; }

    /// <summary>Since when nothing is sent because it failed for days or said that it is gone. Resuming it clears that.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Why, for its owner; in English, without secrets.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>Tries under way at once, in one process; null for as many as the operator gives each target.</summary>
    public int? MaxConcurrency { get; set; }

    /// <summary>What the public may read of it; null unless it is shared as open data.</summary>
    public OpenDataDkDataset? OpenDataDkDataset { get; set; }
}

internal sealed class DataTargetConfiguration : IEntityTypeConfiguration<DataTarget>
{
    public void Configure(EntityTypeBuilder<DataTarget> builder)
    {
        builder.Property(t => t.Settings).HasColumnType("jsonb");
        builder.Property(t => t.Url).HasComputedColumnSql("settings ->> 'url'", stored: true);
        builder.HasOne(t => t.Application).WithMany(a => a.DataTargets).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(t => t.Type);
    }
}
