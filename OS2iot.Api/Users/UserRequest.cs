using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>What a new user and a changed one have in common.</summary>
internal class UserRequest
{
    protected static readonly KeyValuePair<string, Field>[] Fields =
    [
        new("name", Is.Text().Length(1, User.NameMaxLength).NotBlank()),
        new("active", Is.Boolean().Optional()),
        new("globalAdmin", Is.Boolean().Optional()),
        new("expiresOn", Is.Time().Optional()),
    ];

    public string Name { get; init; } = "";

    public Optional<bool?> Active { get; init; }

    /// <summary>May do everything in every organization. Taken from a changed user when it is absent.</summary>
    public bool? GlobalAdmin { get; init; }

    /// <summary>May not sign in from then on; null never.</summary>
    public Optional<DateTimeOffset?> ExpiresOn { get; init; }
}

internal sealed class CreateUserRequest : UserRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields)
    {
        ["email"] = Is.Email(),
        ["password"] = Is.Text().Length(User.PasswordMinLength, User.PasswordMaxLength),
    };

    public string Email { get; init; } = "";

    public string Password { get; init; } = "";
}

internal sealed class UpdateUserRequest : UserRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields)
    {
        ["email"] = Is.Email().Optional(),
        ["password"] = Is.Text().Optional(),
    };

    public string? Email { get; init; }

    /// <summary>A new one; absent or empty keeps the old.</summary>
    public string? Password { get; init; }
}
