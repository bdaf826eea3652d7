using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Applications;

namespace OS2iot.Api.Applications;

/// <summary>An application as a user fills it in, new or changed.</summary>
internal sealed class ApplicationRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["name"] = Is.Text().Length(1, Application.NameMaxLength),
        ["organizationId"] = Is.Id(),
        ["description"] = Is.Text().AtMost(Application.DescriptionMaxLength).Optional(),
        ["status"] = Is.OneOf(ApplicationWords.Statuses).Optional(),
        ["category"] = Is.Text().AtMost(Application.ContactMaxLength).Optional(),
        ["owner"] = Is.Text().AtMost(Application.ContactMaxLength).Optional(),
        ["contactPerson"] = Is.Text().AtMost(Application.ContactMaxLength).Optional(),
        ["contactEmail"] = Is.Text().AtMost(Application.ContactMaxLength).Optional(),
        ["contactPhone"] = Is.Text().AtMost(Application.PhoneMaxLength).PhoneNumber().Optional(),
        ["personalData"] = Is.Boolean().Optional(),
        ["hardware"] = Is.Text().AtMost(Application.DescriptionMaxLength).Optional(),
        ["controlledProperties"] = Is.SomeOf(ApplicationWords.ControlledProperties).Optional(),
        ["deviceTypes"] = Is.SomeOf(ApplicationWords.DeviceTypes).Optional(),
        ["permissionIds"] = Is.Ids().Optional(),
        ["metadata"] = DeviceMetadata.Field().Optional(),
        ["contactPersons"] = Is.ArrayOf(ContactPersonRequest.Shape).Optional(),
    };

    public string Name { get; init; } = "";

    public int OrganizationId { get; init; }

    public Optional<string?> Description { get; init; }

    public Optional<string?> Status { get; init; }

    /// <summary>
    /// Any date that a browser understands; what is none is none. Cleared when absent, as also <see cref="EndDate"/> and
    /// <see cref="PermissionIds"/>.
    /// </summary>
    public DateTimeOffset? StartDate { get; init; }

    public DateTimeOffset? EndDate { get; init; }

    public Optional<string?> Category { get; init; }

    public Optional<string?> Owner { get; init; }

    public Optional<string?> ContactPerson { get; init; }

    public Optional<string?> ContactEmail { get; init; }

    public Optional<string?> ContactPhone { get; init; }

    public Optional<bool?> PersonalData { get; init; }

    public Optional<string?> Hardware { get; init; }

    public Optional<string[]?> ControlledProperties { get; init; }

    public Optional<string[]?> DeviceTypes { get; init; }

    /// <summary>Those of other organizations are passed over.</summary>
    public int[]? PermissionIds { get; init; }

    /// <summary>A JSON object whose values are text, as a text.</summary>
    public Optional<string?> Metadata { get; init; }

    /// <summary>Replaces those that were there; one with the id of one that was there changes that.</summary>
    public Optional<ContactPersonRequest[]?> ContactPersons { get; init; }

    /// <summary>Expects the application's lists to be loaded.</summary>
    public void ApplyTo(Application application)
    {
        application.Name = Name;
        application.OrganizationId = OrganizationId;
        application.Description = Description.Or(application.Description);
        application.Status = Status.Or(application.Status);
        application.StartDate = StartDate;
        application.EndDate = EndDate;
        application.Category = Category.Or(application.Category);
        application.Owner = Owner.Or(application.Owner);
        application.ContactPerson = ContactPerson.Or(application.ContactPerson);
        application.ContactEmail = ContactEmail.Or(application.ContactEmail);
        application.ContactPhone = ContactPhone.Or(application.ContactPhone);
        application.PersonalData = PersonalData.Or(application.PersonalData);
        application.Hardware = Hardware.Or(application.Hardware);
        application.Metadata = Metadata.Or(application.Metadata);
        if (ContactPersons.IsPresent)
        {
            ReplaceContactPersons(application, ContactPersons.Value ?? []);
        }

        if (ControlledProperties.IsPresent)
        {
            application.ControlledProperties.Clear();
            application.ControlledProperties.AddRange(InOrder(ControlledProperties.Value, ApplicationWords.ControlledProperties)
                .Select(word => new ApplicationControlledProperty { Type = word }));
        }

        if (DeviceTypes.IsPresent)
        {
            application.DeviceTypes.Clear();
            application.DeviceTypes.AddRange(InOrder(DeviceTypes.Value, ApplicationWords.DeviceTypes)
                .Select(word => new ApplicationDeviceType { Type = word }));
        }
    }

    private static void ReplaceContactPersons(Application application, ContactPersonRequest[] sent)
    {
        var known = application.ContactPersons.ToDictionary(p => p.Id);
        application.ContactPersons.Clear();
        foreach (var person in sent)
        {
            // An id counts once; what is not this application's is a new person.
            var row = person.Id is { } id && known.Remove(id, out var found) ? found : new ContactPerson { Name = person.Name };
            person.ApplyTo(row);
            application.ContactPersons.Add(row);
        }
    }

    private static IEnumerable<string> InOrder(string[]? sent, IReadOnlyCollection<string> words) => words.Where(w => sent?.Contains(w) == true);
}
