using System.Globalization;

namespace OS2iot.Portal.Pages.Applications;

/// <summary>An application as a user fills it in. The Api judges it.</summary>
internal sealed class ApplicationForm
{
    public static readonly string[] Fields =
    [
        "name", "description", "status", "category", "owner", "contactPerson", "contactEmail", "contactPhone", "hardware", "startDate", "endDate",
    ];

    public string? Name { get; set; }

    public string? Description { get; set; }

    public string? Status { get; set; }

    public string? Category { get; set; }

    public string? Owner { get; set; }

    public string? ContactPerson { get; set; }

    public string? ContactEmail { get; set; }

    public string? ContactPhone { get; set; }

    public string? StartDate { get; set; }

    public string? EndDate { get; set; }

    public string? Hardware { get; set; }

    public bool PersonalData { get; set; }

    public int[] PermissionIds { get; set; } = [];

    public static ApplicationForm From(Application application) => new()
    {
        Name = application.Name,
        Description = application.Description,
        Status = application.Status,
        Category = application.Category,
        Owner = application.Owner,
        ContactPerson = application.ContactPerson,
        ContactEmail = application.ContactEmail,
        ContactPhone = application.ContactPhone,
        StartDate = ToDay(application.StartDate),
        EndDate = ToDay(application.EndDate),
        Hardware = application.Hardware,
        PersonalData = application.PersonalData == true,
        PermissionIds = [.. application.PermissionIds ?? []],
    };

    public object ToRequest(int organizationId, IEnumerable<int> hidden) => new
    {
        name = Name ?? "",
        organizationId,
        description = Description,
        status = string.IsNullOrEmpty(Status) ? null : Status,
        category = Category,
        owner = Owner,
        contactPerson = ContactPerson,
        contactEmail = ContactEmail,
        contactPhone = ContactPhone,
        startDate = FromDay(StartDate),
        endDate = FromDay(EndDate),
        hardware = Hardware,
        personalData = PersonalData,
        permissionIds = PermissionIds.Union(hidden),
    };

    private static string? ToDay(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? FromDay(string? day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date.ToString("yyyy-MM-dd'T00:00:00.000Z'", CultureInfo.InvariantCulture)
            : null;
}
