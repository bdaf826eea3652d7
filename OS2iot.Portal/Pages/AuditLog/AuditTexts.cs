using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.AuditLog;

internal static class AuditTexts
{
    public static readonly Text Lead = new("Hvem ændrede hvad og hvornår, også det der blev afvist. Linjer kan ikke ændres eller slettes.", "Who changed what and when, and what was refused. Lines cannot be changed or deleted.");
    public static readonly Text When = new("Hvornår", "When");
    public static readonly Text Who = new("Hvem", "Who");
    public static readonly Text What = new("Hvad", "What");
    public static readonly Text Thing = new("Ting", "Thing");
    public static readonly Text Action = new("Handling", "Action");
    public static readonly Text AllActions = new("Alle handlinger", "All actions");
    public static readonly Text AllTypes = new("Alle slags", "All kinds");
    public static readonly Text AllOrganizations = new("Alle organisationer", "All organizations");
    public static readonly Text From = new("Fra og med", "From");
    public static readonly Text To = new("Til (ikke med)", "Until (not including)");
    public static readonly Text Filter = new("Navn på ting eller bruger", "Name of thing or user");
    public static readonly Text RefusedOnly = new("Kun det, der blev afvist", "Only what was refused");
    public static readonly Text Refused = new("Afvist", "Refused");
    public static readonly Text Done = new("Udført", "Done");
    public static readonly Text Csv = new("Eksport (CSV)", "Export (CSV)");
    public static readonly Text Changes = new("Ændringer", "Changes");
    public static readonly Text Before = new("Før", "Before");
    public static readonly Text After = new("Efter", "After");
    public static readonly Text Created = new("Oprettede", "Created");
    public static readonly Text Updated = new("Ændrede", "Changed");
    public static readonly Text Deleted = new("Slettede", "Deleted");
    public static readonly Text LoggedIn = new("Loggede ind", "Signed in");
    public static readonly Text Resent = new("Sendte igen", "Sent again");
    public static readonly Text EmptyTitle = new("Ingen linjer", "No lines");
    public static readonly Text EmptyText = new("Intet passer til det valgte. Prøv en længere periode eller færre filtre.", "Nothing matches what is chosen. Try a longer time or fewer filters.");
    public static readonly Text Number = new("nr. {0}", "no. {0}");
    public static readonly Text System = new("Systemet", "The system");

    /// <summary>By their word on the wire.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Actions = new Dictionary<string, Text>
    {
        ["CREATE"] = Created,
        ["UPDATE"] = Updated,
        ["DELETE"] = Deleted,
        ["LOGIN"] = LoggedIn,
        ["RESEND"] = Resent,
    };

    public static readonly IReadOnlyDictionary<string, Text> Types = new Dictionary<string, Text>
    {
        ["Application"] = Words.Application,
        ["IoTDevice"] = Words.Device,
        ["DataTarget"] = Words.DataTarget,
        ["PayloadDecoder"] = Words.PayloadDecoder,
        ["Connection"] = Words.Connection,
        ["Organization"] = Words.Organization,
        ["User"] = new("Bruger", "User"),
        ["Permission"] = new("Brugergruppe", "User group"),
        ["ApiKey"] = new("API-nøgle", "API key"),
        ["DeviceModel"] = new("Enhedsmodel", "Device model"),
        ["Gateway"] = new("Gateway", "Gateway"),
        ["Multicast"] = new("Multicast-gruppe", "Multicast group"),
    };
}
