using System.Text.Json.Serialization;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Api.Permissions;
using OS2iot.Core.Applications;

namespace OS2iot.Api.Applications;

internal class ApplicationCore(Application application, List<int> permissionIds) : EntityResponse(application)
{
    public string Name { get; } = application.Name;

    public string? Description { get; } = application.Description;

    public string? Status { get; } = application.Status;

    public DateTimeOffset? StartDate { get; } = application.StartDate;

    public DateTimeOffset? EndDate { get; } = application.EndDate;

    public string? Category { get; } = application.Category;

    public string? Owner { get; } = application.Owner;

    public string? ContactPerson { get; } = application.ContactPerson;

    public string? ContactEmail { get; } = application.ContactEmail;

    public string? ContactPhone { get; } = application.ContactPhone;

    public bool? PersonalData { get; } = application.PersonalData;

    public string? Hardware { get; } = application.Hardware;

    /// <summary>JSON, but as a text.</summary>
    public string? Metadata { get; } = application.Metadata;

    [JsonPropertyName("chirpstackId")]
    public string? ChirpStackId { get; } = application.ChirpStackId;

    public IReadOnlyList<int> PermissionIds { get; } = permissionIds;
}

/// <summary>A word of an application's lists.</summary>
internal sealed class TypeRow(Core.Database.Entity entity, string type) : EntityResponse(entity)
{
    public string Type { get; } = type;
}

/// <summary>Somebody to ask about an application.</summary>
internal sealed class ContactPersonResponse(ContactPerson person) : EntityResponse(person)
{
    public string? Role { get; } = person.Role;

    public string Name { get; } = person.Name;

    public string? Email { get; } = person.Email;

    public string? Phone { get; } = person.Phone;
}

internal class ApplicationListItem(Application application, List<int> permissionIds, DevicesUnderApplication devices)
    : ApplicationCore(application, permissionIds)
{
    /// <summary>
    /// Whole devices where the answer has up to 1,000; beyond that only their id, name and type, and not more than 5,000 in one answer.
    /// </summary>
    [JsonPropertyName("iotDevices")]
    public IReadOnlyList<object> Devices { get; } = devices.Shown;

    /// <summary>How many devices there are, shown or not.</summary>
    [JsonPropertyName("iotDeviceCount")]
    public int DeviceCount { get; } = devices.Count;
}

/// <summary>What the administrators of an organization see in a list.</summary>
internal sealed class ApplicationAdminListItem(
    Application application, List<int> permissionIds, DevicesUnderApplication devices, IReadOnlyList<DataTargetCore> dataTargets)
    : ApplicationListItem(application, permissionIds, devices)
{
    public IReadOnlyList<DataTargetCore> DataTargets { get; } = dataTargets;

    public IReadOnlyList<TypeRow> ControlledProperties { get; } = [.. application.ControlledProperties.Select(p => new TypeRow(p, p.Type))];

    public IReadOnlyList<TypeRow> DeviceTypes { get; } = [.. application.DeviceTypes.Select(t => new TypeRow(t, t.Type))];
}

internal sealed class ApplicationDetails(
    Application application,
    IReadOnlyList<PermissionCore> permissions,
    DevicesUnderApplication devices,
    IReadOnlyList<DataTargetCore> dataTargets)
    : ApplicationListItem(application, [.. permissions.Select(p => p.Id)], devices)
{
    public OrganizationCore? BelongsTo { get; } = OrganizationCore.From(application.Organization);

    public IReadOnlyList<PermissionCore> Permissions { get; } = permissions;

    public IReadOnlyList<TypeRow> ControlledProperties { get; } = [.. application.ControlledProperties.Select(p => new TypeRow(p, p.Type))];

    public IReadOnlyList<TypeRow> DeviceTypes { get; } = [.. application.DeviceTypes.Select(t => new TypeRow(t, t.Type))];

    public IReadOnlyList<ContactPersonResponse> ContactPersons { get; } =
        [.. application.ContactPersons.Select(p => new ContactPersonResponse(p))];

    public IReadOnlyList<DataTargetCore> DataTargets { get; } = dataTargets;

    public IReadOnlyList<object> Multicasts { get; } = [];

    public int? CreatedBy { get; } = application.CreatedById;

    public int? UpdatedBy { get; } = application.UpdatedById;
}
