using OS2iot.Api.Validation;
using OS2iot.Core.Applications;

namespace OS2iot.Api.Applications;

/// <summary>Somebody to ask about an application, as a user fills it in.</summary>
internal sealed class ContactPersonRequest
{
    public static Shape Shape { get; } = new()
    {
        ["id"] = Is.Integer().Optional(),
        ["role"] = Is.Text().AtMost(ContactPerson.TextMaxLength).Optional(),
        ["name"] = Is.Text().Length(1, ContactPerson.TextMaxLength),
        ["email"] = Is.Text().AtMost(ContactPerson.TextMaxLength).Optional(),
        ["phone"] = Is.Text().AtMost(ContactPerson.PhoneMaxLength).PhoneNumber().Optional(),
    };

    /// <summary>Of a person who was there before.</summary>
    public int? Id { get; init; }

    public string? Role { get; init; }

    public string Name { get; init; } = "";

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public void ApplyTo(ContactPerson person)
    {
        person.Role = Role;
        person.Name = Name;
        person.Email = Email;
        person.Phone = Phone;
    }
}
