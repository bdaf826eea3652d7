using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Organizations;

internal static class OrganizationTexts
{
    public static readonly Text Lead = new("Hver organisation har sine egne applikationer, enheder og brugere og ser ikke de andres.", "Each organization has applications, devices and users of its own and does not see those of the others.");
    public static readonly Text New = new("Opret organisation", "Create organization");
    public static readonly Text EditTitle = new("Omdøb organisation", "Rename organization");
    public static readonly Text Rename = new("Omdøb", "Rename");
    public static readonly Text RenameOf = new("Omdøb {0}", "Rename {0}");
    public static readonly Text EmptyTitle = new("Ingen organisationer endnu", "No organizations yet");
    public static readonly Text EmptyText = new("Opret den første, så kan du oprette applikationer i den.", "Create the first one; then you can create applications in it.");
    public static readonly Text Actions = new("Handlinger", "Actions");
}
