using OS2iot.Core.DataTargets;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.DataTargets;

internal static class DataTargetTexts
{
    public static readonly Text New = new("Opret datatarget", "Create data target");
    public static readonly Text EditTitle = new("Rediger datatarget", "Edit data target");
    public static readonly Text EmptyTitle = new("Ingen datatargets endnu", "No data targets yet");
    public static readonly Text EmptyText = new("Et datatarget er et system, der får data fra enhederne.", "A data target is a system that gets the data of the devices.");
    public static readonly Text EmptyTextReader = new("En applikationsadministrator kan oprette dem.", "An application administrator can create them.");
    public static readonly Text Url = new("URL", "URL");
    public static readonly Text Timeout = new("Timeout i millisekunder", "Timeout in milliseconds");
    public static readonly Text AuthorizationHeader = new("Authorization-header", "Authorization header");
    public static readonly Text UrlHint = new("Får hver besked som JSON med HTTP POST.", "Gets each message as JSON by HTTP POST.");
    public static readonly Text AuthorizationHint = new("Hele headerens værdi, f.eks. “Bearer …”. Den gemmes krypteret og vises ikke igen.", "The whole value of the header, for example “Bearer …”. It is stored encrypted and not shown again.");
    public static readonly Text SecretSet = new("Sat", "Set");
    public static readonly Text SecretNotSet = new("Ikke sat", "Not set");
    public static readonly Text SecretKeep = new("En værdi er sat. Lad feltet være tomt for at beholde den.", "A value is set. Leave the field empty to keep it.");
    public static readonly Text SecretRemove = new("Fjern den gemte værdi", "Remove the stored value");
    public static readonly Text HttpPush = new("Generisk HTTP Push", "Generic HTTP push");
    public static readonly Text DeleteConsequence = new("Dets forbindelser slettes med det, og det får ikke flere data.", "Its connections are deleted with it, and it gets no more data.");
    public static readonly Text ConnectionsEmptyTitle = new("Får ikke data endnu", "Gets no data yet");
    public static readonly Text ConnectionsEmptyText = new("Vælg, hvilke enheders data der skal sendes hertil.", "Choose which devices' data is sent here.");

    public static readonly IReadOnlyDictionary<string, Text> Settings = new Dictionary<string, Text>
    {
        ["url"] = Url,
        ["timeout"] = Timeout,
        ["authorizationHeader"] = AuthorizationHeader,
    };

    public static readonly IReadOnlyDictionary<string, Text> Hints = new Dictionary<string, Text>
    {
        ["url"] = UrlHint,
        ["authorizationHeader"] = AuthorizationHint,
    };

    public static string TypeOf(string type) => type == "HTTP_PUSH" ? HttpPush : DataTargetTypes.Find(type)?.Title ?? type;
}
