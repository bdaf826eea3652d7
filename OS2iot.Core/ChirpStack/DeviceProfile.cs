using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.ChirpStack;

/// <summary>Network parameters that LoRaWAN devices of one make share. Numbers are those of ChirpStack's enumerations.</summary>
[Audited(AuditTypes.DeviceProfile, Owner = nameof(OrganizationId))]
public sealed class DeviceProfile : Stamped
{
    public const int NameMaxLength = 1024;

    /// <summary>ChirpStack's number for LoRaWAN 1.1.0, the first version with two root keys.</summary>
    public const int LoRaWan11 = 5;

    /// <summary>Ours from the beginning, whether or not ChirpStack knows the profile yet.</summary>
    public Guid Id { get; set; }

    /// <summary>Unique in the whole installation, whatever the case of its letters.</summary>
    public required string Name { get; set; }

    /// <summary>The id at ChirpStack, once it has one.</summary>
    [NotAudited("The network gives it.")]
    public string? ChirpStackId { get; set; }

    public int OrganizationId { get; set; }

    public Organization? Organization { get; set; }

    /// <summary>Such as EU868.</summary>
    public string Region { get; set; } = "EU868";

    public int MacVersion { get; set; }

    public int RegParamsRevision { get; set; }

    public string AdrAlgorithmId { get; set; } = "default";

    public bool SupportsJoin { get; set; } = true;

    public bool SupportsClassB { get; set; }

    public bool SupportsClassC { get; set; }

    /// <summary>Seconds.</summary>
    public int? ClassBTimeout { get; set; }

    /// <summary>Seconds.</summary>
    public int? ClassCTimeout { get; set; }

    public int? PingSlotDr { get; set; }

    /// <summary>Hz.</summary>
    public int? PingSlotFreq { get; set; }

    public int? PingSlotPeriod { get; set; }

    /// <summary>ABP.</summary>
    public int? RxDelay1 { get; set; }

    public int? RxDrOffset1 { get; set; }

    public int? RxDataRate2 { get; set; }

    /// <summary>Hz.</summary>
    public int? RxFreq2 { get; set; }

    /// <summary>Per day.</summary>
    public int DevStatusReqFreq { get; set; } = 1;

    /// <summary>A JSON object of text; without the tags that carry our ids.</summary>
    public string Tags { get; set; } = "{}";

    public List<LoRaWanDevice> Devices { get; } = [];

    /// <summary>Network and application have keys of their own.</summary>
    public bool HasTwoRootKeys => MacVersion >= LoRaWan11;
}

internal sealed class DeviceProfileConfiguration : IEntityTypeConfiguration<DeviceProfile>
{
    public void Configure(EntityTypeBuilder<DeviceProfile> builder)
    {
        builder.ToTable("device_profiles");
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.ChirpStackId).HasColumnName("chirpstack_id");
        builder.Property(p => p.RxDelay1).HasColumnName("rx_delay_1");
        builder.Property(p => p.RxDrOffset1).HasColumnName("rx_dr_offset_1");
        builder.Property(p => p.RxDataRate2).HasColumnName("rx_data_rate_2");
        builder.Property(p => p.RxFreq2).HasColumnName("rx_freq_2");
        builder.Property(p => p.Tags).HasColumnType("jsonb");
        builder.HasIndex(p => p.ChirpStackId).IsUnique();
        builder.HasOne(p => p.Organization).WithMany(o => o.DeviceProfiles).OnDelete(DeleteBehavior.Cascade);
    }
}
