using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.Gateways;

/// <summary>A LoRaWAN radio station of an organization.</summary>
[Audited(AuditTypes.Gateway, Owner = nameof(OrganizationId))]
public sealed class Gateway : Entity
{
    public const int NameMaxLength = 50;

    public const int DescriptionMaxLength = 1024;

    /// <summary>EUI-64 as 16 lower-case hex digits; unique in the installation.</summary>
    public required string GatewayId { get; set; }

    public required string Name { get; set; }

    public string? Description { get; set; }

    public int OrganizationId { get; set; }

    public Organization? Organization { get; set; }

    /// <summary>Degrees, WGS 84. Set together with <see cref="Longitude"/> or not at all.</summary>
    public double? Latitude { get; set; }

    public double? Longitude { get; set; }

    /// <summary>Metres.</summary>
    public double? Altitude { get; set; }

    /// <summary>A JSON object of text; without the tags that carry our ids.</summary>
    public string Tags { get; set; } = "{}";

    /// <summary>Today.</summary>
    [NotAudited("The network tells it.")]
    public int RxPacketsReceived { get; set; }

    /// <summary>Today.</summary>
    [NotAudited("The network tells it.")]
    public int TxPacketsEmitted { get; set; }

    [NotAudited("The network tells it.")]
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>INDOORS, OUTDOORS or OTHER.</summary>
    public string? Placement { get; set; }

    public string? ModelName { get; set; }

    public string? AntennaType { get; set; }

    /// <summary>IN-USE, PROJECT, PROTOTYPE or OTHER.</summary>
    public string? Status { get; set; }

    public string? ResponsibleName { get; set; }

    public string? ResponsibleEmail { get; set; }

    public string? ResponsiblePhoneNumber { get; set; }

    public string? OperationalResponsibleName { get; set; }

    public string? OperationalResponsibleEmail { get; set; }

    public bool NotifyOffline { get; set; }

    public bool NotifyUnusualPackages { get; set; }

    /// <summary>Minutes.</summary>
    public int? OfflineAlarmThresholdMinutes { get; set; }

    /// <summary>A day.</summary>
    public int? MinimumPackages { get; set; }

    /// <summary>A day.</summary>
    public int? MaximumPackages { get; set; }

    public string? AlarmMail { get; set; }

    /// <summary>The alarm of the present outage was sent.</summary>
    [NotAudited("The product's own note.")]
    public bool HasSentOfflineNotification { get; set; }

    public List<GatewayStatus> StatusHistory { get; } = [];
}

/// <summary>A gateway came or went.</summary>
[NotAudited("The network tells it.")]
public sealed class GatewayStatus
{
    public int GatewayId { get; set; }

    public DateTimeOffset At { get; set; }

    public bool WasOnline { get; set; }
}

/// <summary>What a gateway heard and said on one day (UTC).</summary>
[NotAudited("The network tells it.")]
public sealed class GatewayTraffic
{
    public int GatewayId { get; set; }

    public DateOnly Day { get; set; }

    public int RxPacketsReceived { get; set; }

    public int TxPacketsEmitted { get; set; }
}

internal sealed class GatewayConfiguration : IEntityTypeConfiguration<Gateway>,
    IEntityTypeConfiguration<GatewayStatus>, IEntityTypeConfiguration<GatewayTraffic>
{
    public void Configure(EntityTypeBuilder<Gateway> builder)
    {
        builder.Property(g => g.Tags).HasColumnType("jsonb");
        builder.HasOne(g => g.Organization).WithMany(o => o.Gateways).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(g => g.GatewayId).IsUnique();
        builder.HasIndex(g => g.Name);
        builder.HasIndex(g => g.LastSeenAt);
    }

    public void Configure(EntityTypeBuilder<GatewayStatus> builder)
    {
        builder.ToTable("gateway_status_history");
        builder.HasKey(s => new { s.GatewayId, s.At });
        builder.HasOne<Gateway>().WithMany(g => g.StatusHistory).HasForeignKey(s => s.GatewayId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(s => s.At);
    }

    public void Configure(EntityTypeBuilder<GatewayTraffic> builder)
    {
        builder.ToTable("gateway_traffic");
        builder.HasKey(t => new { t.GatewayId, t.Day });
        builder.HasOne<Gateway>().WithMany().HasForeignKey(t => t.GatewayId).OnDelete(DeleteBehavior.Cascade);
    }
}
