using System.Globalization;

namespace OS2iot.Portal.Pages.Users;

/// <summary>A user as an administrator fills it in.</summary>
internal sealed class UserForm
{
    public static readonly string[] Fields = ["name", "email", "password", "active", "expiresOn", "globalAdmin"];

    public string? Name { get; set; }

    public string? Email { get; set; }

    public string? Password { get; set; }

    public bool Active { get; set; } = true;

    public bool GlobalAdmin { get; set; }

    /// <summary>The first day without access.</summary>
    public string? ExpiresOn { get; set; }

    public static UserForm From(User user) => new()
    {
        Name = user.Name,
        Email = user.Email,
        Active = user.Active,
        GlobalAdmin = user.IsGlobalAdmin,
        ExpiresOn = Day.Write(user.ExpiresOn),
    };

    public object ToRequest() => new
    {
        name = Name ?? "",
        email = Email,
        password = Password ?? "",
        active = Active,
        globalAdmin = GlobalAdmin,
        expiresOn = Day.Read(ExpiresOn),
    };
}

/// <summary>Days as date fields have them.</summary>
internal static class Day
{
    private const string Format = "yyyy-MM-dd";

    public static string? Write(DateTimeOffset? at) => at?.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <returns>The day's beginning; null where nothing or no day was written.</returns>
    public static string? Read(string? day) =>
        DateOnly.TryParseExact(day, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date.ToString("yyyy-MM-dd'T00:00:00.000Z'", CultureInfo.InvariantCulture)
            : null;
}
