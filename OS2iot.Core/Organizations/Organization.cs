using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Gateways;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Sigfox;

namespace OS2iot.Core.Organizations;

/// <summary>Owner of applications and everything below them. Organizations never see each other's data.</summary>
[Audited(AuditTypes.Organization)]
public sealed class Organization : Entity
{
    public const int NameMaxLength = 1024;

    public required string Name { get; set; }

    public bool OpenDataDkRegistered { get; set; }

    /// <summary>Days that messages of its devices are kept; null for as long as the installation keeps them by itself.</summary>
    public int? HistoryRetentionDays { get; set; }

    /// <summary>What each instance of Ingest takes from its devices in a minute; null for what the installation sets.</summary>
    public int? MessagesPerMinute { get; set; }

    /// <summary>What is taken from its devices in a day, by UTC; null for what the installation sets.</summary>
    public int? MessagesPerDay { get; set; }

    [NotAudited("Ingest writes it.")]
    public List<OrganizationUsage> Usage { get; } = [];

    public List<Application> Applications { get; } = [];

    public List<Permission> Permissions { get; } = [];

    public List<PayloadDecoder> PayloadDecoders { get; } = [];

    public List<DeviceModel> DeviceModels { get; } = [];

    public List<Gateway> Gateways { get; } = [];

    public List<DeviceProfile> DeviceProfiles { get; } = [];

    public List<SigfoxGroup> SigfoxGroups { get; } = [];

    /// <summary>Users who asked to belong here and wait for an answer.</summary>
    [AuditedIds("awaitingUserIds")]
    public List<User> AwaitingUsers { get; } = [];
}

internal sealed class OrganizationConfiguration : IEntityTypeConfiguration<Organization>
{
    public void Configure(EntityTypeBuilder<Organization> builder)
    {
        builder.HasIndex(o => o.Name).IsUnique();
        builder.HasMany(o => o.AwaitingUsers).WithMany(u => u.RequestedOrganizations).UsingEntity("organization_awaiting_users");
    }
}
