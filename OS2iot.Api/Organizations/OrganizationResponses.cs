using OS2iot.Api.Applications;
using OS2iot.Api.Http;
using OS2iot.Api.Permissions;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

internal class OrganizationCore(Organization organization) : EntityResponse(organization)
{
    public string Name { get; } = organization.Name;

    public bool OpenDataDkRegistered { get; } = organization.OpenDataDkRegistered;

    public static OrganizationCore? From(Organization? organization) => organization is null ? null : new OrganizationCore(organization);
}

internal sealed class OrganizationDetails(Organization organization, List<PermissionCore> permissions, long messagesToday) : OrganizationCore(organization)
{
    public IReadOnlyList<PermissionCore> Permissions { get; } = permissions;

    /// <summary>Null for as long as the installation keeps messages by itself.</summary>
    public int? HistoryRetentionDays { get; } = organization.HistoryRetentionDays;

    /// <summary>What its devices may send to each instance of Ingest in a minute; null for what the installation sets.</summary>
    public int? MessagesPerMinute { get; } = organization.MessagesPerMinute;

    /// <summary>What its devices may send in a day, by UTC; null for what the installation sets.</summary>
    public int? MessagesPerDay { get; } = organization.MessagesPerDay;

    /// <summary>What they sent since midnight, UTC, up to a few seconds ago.</summary>
    public long MessagesToday { get; } = messagesToday;

    public int? CreatedBy { get; } = organization.CreatedById;

    public int? UpdatedBy { get; } = organization.UpdatedById;
}

internal class OrganizationWithApplications(Organization organization, List<ApplicationCore> applications) : OrganizationCore(organization)
{
    public IReadOnlyList<ApplicationCore> Applications { get; } = applications;
}

internal sealed class OrganizationWithEverything(
    Organization organization, List<ApplicationCore> applications, List<PermissionCore> permissions)
    : OrganizationWithApplications(organization, applications)
{
    public IReadOnlyList<PermissionCore> Permissions { get; } = permissions;
}

internal sealed record MinimalOrganization(int Id, string Name);
