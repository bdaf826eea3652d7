using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Permissions;

internal static class PermissionTexts
{
    public static readonly Text Lead = new("En brugergruppe giver sine medlemmer rettigheder i én organisation og åbner dens applikationer for dem.", "A user group gives its members rights in one organization and opens applications to them.");
    public static readonly Text New = new("Opret brugergruppe", "Create user group");
    public static readonly Text EditTitle = new("Rediger brugergruppe", "Edit user group");
    public static readonly Text Group = new("Brugergruppe", "User group");
    public static readonly Text Rights = new("Rettigheder", "Rights");
    public static readonly Text RightsStay = new("Rettighederne vælges, når gruppen oprettes, og kan ikke ændres bagefter.", "The rights are chosen when the group is created and cannot be changed afterwards.");
    public static readonly Text Members = new("Medlemmer", "Members");
    public static readonly Text NoMembers = new("Ingen er med i gruppen endnu.", "Nobody is in the group yet.");
    public static readonly Text Opens = new("Åbner disse applikationer", "Opens these applications");
    public static readonly Text NoApplications = new("Gruppen åbner ingen applikationer.", "The group opens no applications.");
    public static readonly Text AddNew = new("Føj selv nye applikationer i organisationen til", "Add new applications of the organization by itself");
    public static readonly Text EmptyTitle = new("Ingen brugergrupper endnu", "No user groups yet");
    public static readonly Text EmptyText = new("Opret en gruppe, vælg hvad den må, og føj brugere til.", "Create a group, choose what it may do and add users.");
    public static readonly Text DeleteConsequence = new("{0} medlemmer mister de rettigheder, gruppen giver.", "{0} members lose the rights that the group gives.");

    public static readonly Text Global = new("Global administrator", "Global administrator");
    public static readonly Text UserAdmin = new("Brugeradministrator", "User administrator");
    public static readonly Text UserAdminHint = new("Brugere, brugergrupper og API-nøgler i organisationen.", "Users, user groups and API keys of the organization.");
    public static readonly Text ApplicationAdmin = new("Applikationsadministrator", "Application administrator");
    public static readonly Text ApplicationAdminHint = new("Opretter applikationer og ændrer dem, gruppen åbner.", "Creates applications and changes those that the group opens.");
    public static readonly Text GatewayAdmin = new("Gatewayadministrator", "Gateway administrator");
    public static readonly Text GatewayAdminHint = new("Organisationens gateways.", "The gateways of the organization.");
    public static readonly Text Read = new("Læserettigheder", "Read access");
    public static readonly Text ReadHint = new("Ser de applikationer, gruppen åbner.", "Sees the applications that the group opens.");

    /// <summary>What a group can be given, with what it means.</summary>
    public static readonly IReadOnlyList<(string Key, Text Name, Text Hint)> Choices =
    [
        ("Read", Read, ReadHint),
        ("OrganizationApplicationAdmin", ApplicationAdmin, ApplicationAdminHint),
        ("OrganizationGatewayAdmin", GatewayAdmin, GatewayAdminHint),
        ("OrganizationUserAdmin", UserAdmin, UserAdminHint),
    ];

    public static string RightOf(string key) => key == "GlobalAdmin" ? Global.ToString() : Choices.FirstOrDefault(c => c.Key == key).Name?.ToString() ?? key;
}
