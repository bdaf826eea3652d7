using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.Applications;

/// <summary>A group of devices of one organization, with the targets that receive their data.</summary>
[Audited(AuditTypes.Application, Owner = nameof(OrganizationId))]
public sealed class Application : Entity
{
    public const int NameMaxLength = 50;

    public const int DescriptionMaxLength = 1024;

    public const int ContactMaxLength = 100;

    public const int PhoneMaxLength = 12;

    /// <summary>Unique in the whole installation.</summary>
    public required string Name { get; set; }

    public string? Description { get; set; }

    /// <summary>NONE, IN-OPERATION, PROJECT, PROTOTYPE or OTHER.</summary>
    public string? Status { get; set; }

    public DateTimeOffset? StartDate { get; set; }

    public DateTimeOffset? EndDate { get; set; }

    public string? Category { get; set; }

    public string? Owner { get; set; }

    public string? ContactPerson { get; set; }

    public string? ContactEmail { get; set; }

    public string? ContactPhone { get; set; }

    public bool? PersonalData { get; set; }

    public string? Hardware { get; set; }

    /// <summary>A JSON object whose values are text, as the user sent it.</summary>
    public string? Metadata { get; set; }

    /// <summary>The id of this application at ChirpStack, once it has one.</summary>
    [NotAudited("The network gives it.")]
    public string? ChirpStackId { get; set; }

    public int OrganizationId { get; set; }

    public Organization? Organization { get; set; }

    public List<Device> Devices { get; } = [];

    /// <summary>How many devices there are; the database counts, because counting a hundred thousand takes too long for a list.</summary>
    [NotAudited("The devices tell it.")]
    public int DeviceCount { get; private set; }

    public List<DataTarget> DataTargets { get; } = [];

    public List<Permission> Permissions { get; } = [];

    public List<ApplicationControlledProperty> ControlledProperties { get; } = [];

    public List<ApplicationDeviceType> DeviceTypes { get; } = [];

    public List<ContactPerson> ContactPersons { get; } = [];

    public List<MulticastGroup> MulticastGroups { get; } = [];
}

/// <summary>Somebody to ask about an application.</summary>
[AuditedIn(typeof(Application), "contactPersons")]
public sealed class ContactPerson : Entity
{
    public const int TextMaxLength = 100;

    public const int PhoneMaxLength = 12;

    public string? Role { get; set; }

    public required string Name { get; set; }

    public string? Email { get; set; }

    public string? Phone { get; set; }

    public int ApplicationId { get; set; }
}

/// <summary>A quantity that the application's devices measure, by its word in the smart data models.</summary>
[AuditedIn(typeof(Application), "controlledProperties", Value = nameof(Type))]
public sealed class ApplicationControlledProperty : Entity
{
    public required string Type { get; set; }

    public int ApplicationId { get; set; }
}

/// <summary>A way in which the application's devices connect: a device type's wire value or OTHER.</summary>
[AuditedIn(typeof(Application), "deviceTypes", Value = nameof(Type))]
public sealed class ApplicationDeviceType : Entity
{
    public required string Type { get; set; }

    public int ApplicationId { get; set; }
}

internal sealed class ApplicationConfiguration : IEntityTypeConfiguration<Application>,
    IEntityTypeConfiguration<ApplicationControlledProperty>, IEntityTypeConfiguration<ApplicationDeviceType>,
    IEntityTypeConfiguration<ContactPerson>
{
    public void Configure(EntityTypeBuilder<Application> builder)
    {
        builder.Property(a => a.ChirpStackId).HasColumnName("chirpstack_id");
        builder.Property(a => a.DeviceCount).HasDefaultValue(0);
        builder.Property(a => a.DeviceCount).Metadata.SetBeforeSaveBehavior(PropertySaveBehavior.Ignore);
        builder.Property(a => a.DeviceCount).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.HasIndex(a => a.Name).IsUnique();
        builder.HasOne(a => a.Organization).WithMany(o => o.Applications).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(a => a.ControlledProperties).WithOne().HasForeignKey(p => p.ApplicationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(a => a.ContactPersons).WithOne().HasForeignKey(p => p.ApplicationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(a => a.DeviceTypes).WithOne().HasForeignKey(t => t.ApplicationId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<ApplicationControlledProperty> builder) => builder.ToTable("application_controlled_properties");

    public void Configure(EntityTypeBuilder<ApplicationDeviceType> builder) => builder.ToTable("application_device_types");

    public void Configure(EntityTypeBuilder<ContactPerson> builder) => builder.ToTable("application_contact_persons");
}
