using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Applications;

internal static class ApplicationTexts
{
    public static readonly Text Lead = new("En applikation samler IoT-enheder og de steder, deres data sendes hen.", "An application gathers IoT devices and the places their data is sent to.");
    public static readonly Text New = new("Opret applikation", "Create application");
    public static readonly Text EditTitle = new("Rediger applikation", "Edit application");
    public static readonly Text EmptyTitle = new("Ingen applikationer endnu", "No applications yet");
    public static readonly Text EmptyText = new("Begynd med en applikation. Derefter opretter du dens IoT-enheder og datatargets.", "Begin with an application. Then add its IoT devices and data targets.");
    public static readonly Text EmptyTextReader = new("Der er ingen applikationer, du har adgang til. En brugeradministrator kan give dig adgang.", "There are no applications you have access to. A user administrator can give you access.");
    public static readonly Text NoAccessTitle = new("Du har ikke adgang til en organisation endnu", "You do not have access to an organization yet");
    public static readonly Text NoAccessText = new("En brugeradministrator skal føje dig til en brugergruppe, før der er noget at se her.", "A user administrator must add you to a user group before there is anything to see here.");
    public static readonly Text FirstOrganization = new("Opret den første organisation, så kan du oprette applikationer i den.", "Create the first organization; then you can create applications in it.");
    public static readonly Text Owner = new("Ejer", "Owner");
    public static readonly Text Category = new("Kategori", "Category");
    public static readonly Text ContactPerson = new("Kontaktperson", "Contact person");
    public static readonly Text ContactEmail = new("Kontaktmail", "Contact e-mail");
    public static readonly Text ContactPhone = new("Kontakttelefon", "Contact phone");
    public static readonly Text StartDate = new("Startdato", "Start date");
    public static readonly Text EndDate = new("Slutdato", "End date");
    public static readonly Text DateHint = new("Kun til oplysning.", "For information only.");
    public static readonly Text PersonalData = new("Persondata", "Personal data");
    public static readonly Text PersonalDataLabel = new("Enhederne indsamler persondata", "The devices collect personal data");
    public static readonly Text Hardware = new("Hardware", "Hardware");
    public static readonly Text UserGroups = new("Tilføj til brugergrupper", "Add to user groups");
    public static readonly Text UserGroupsHint = new("Alle i en valgt brugergruppe kan se applikationen.", "Everyone in a chosen user group can see the application.");
    public static readonly Text Contact = new("Kontakt", "Contact");
    public static readonly Text Purpose = new("Om applikationen", "About the application");
    public static readonly Text DeleteConsequence = new("{0} IoT-enheder og {1} datatargets slettes med den, og det samme gør deres beskeder.", "{0} IoT devices and {1} data targets are deleted with it, and so are their messages.");

    public static readonly Text StatusNone = new("Ingen", "None");
    public static readonly Text StatusInOperation = new("I drift", "In operation");
    public static readonly Text StatusProject = new("Projekt", "Project");
    public static readonly Text StatusPrototype = new("Prototype", "Prototype");
    public static readonly Text StatusOther = new("Andet", "Other");

    /// <summary>By their word on the wire.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Statuses = new Dictionary<string, Text>
    {
        ["NONE"] = StatusNone,
        ["IN-OPERATION"] = StatusInOperation,
        ["PROJECT"] = StatusProject,
        ["PROTOTYPE"] = StatusPrototype,
        ["OTHER"] = StatusOther,
    };
}
