using OS2iot.Portal.Auth;

namespace OS2iot.Portal.Frame;

/// <summary>What the frame around a page shows: who is here and in which organization. Empty on error pages and before sign-in.</summary>
internal sealed class PageFrame
{
    public const string OrganizationCookie = "os2iot.organization";

    public Me? Me { get; private set; }

    /// <summary>The chosen organization. A page about something of another organization changes it.</summary>
    public MyOrganization? Organization { get; private set; }

    public IReadOnlyList<MyOrganization> Organizations { get; private set; } = [];

    /// <param name="me">Who is here.</param>
    /// <param name="wanted">The organization asked for; another is chosen when it is not one of the user's.</param>
    public void Begin(Me me, int? wanted)
    {
        Me = me;
        Organizations = [.. me.Organizations.OrderBy(o => o.Name, StringComparer.Create(System.Globalization.CultureInfo.CurrentUICulture, ignoreCase: true))];
        Organization = Organizations.FirstOrDefault(o => o.Id == wanted) ?? (Organizations.Count > 0 ? Organizations[0] : null);
    }

    public void Enter(int? organizationId) => Organization = Organizations.FirstOrDefault(o => o.Id == organizationId) ?? Organization;
}
