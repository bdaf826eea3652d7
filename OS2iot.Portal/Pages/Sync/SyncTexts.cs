using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Sync;

internal static class SyncTexts
{
    public static readonly Text Title = new("Tilsluttede systemer", "Connected systems");
    public static readonly Text Lead = new(
        "Systemer uden for OS2iot, der følger det, I opretter her. Er et af dem væk, venter ændringerne og kommer med, når det er tilbage.",
        "Systems outside OS2iot that follow what you create here. While one of them is away, changes wait, and are made once it is back.");
    public static readonly Text EmptyTitle = new("Ingen tilsluttede systemer", "No connected systems");
    public static readonly Text EmptyText = new(
        "Når installationen har en MQTT-broker eller ChirpStack, står de her med deres tilstand.", "Once the installation has an MQTT broker or ChirpStack, they are here with their state.");

    public static readonly Text Reached = new("Forbundet", "Connected");
    public static readonly Text Away = new("Ikke nået", "Not reached");
    public static readonly Text AwaySince = new("Ikke nået siden", "Not reached since");
    public static readonly Text Pending = new("Ændringer, der venter", "Changes waiting");
    public static readonly Text OldestPending = new("Den ældste venter siden", "The oldest waits since");
    public static readonly Text Refused = new("Afviste ændringer", "Refused changes");
    public static readonly Text LastApplied = new("Fulgte sidst en ændring", "Last followed a change");
    public static readonly Text Compared = new("Sidst sammenlignet", "Last compared");
    public static readonly Text Comparing = new("Sammenlignes om et øjeblik", "About to be compared");
    public static readonly Text NotCompared = new("Sammenligningen blev ikke færdig: {0}", "The comparison did not end: {0}");

    public static readonly Text Drift = new("Forskelle ved sidste sammenligning", "Differences at the last comparison");
    public static readonly Text NoDrift = new("Begge sider var ens ved den sidste sammenligning.", "Both sides were the same at the last comparison.");
    public static readonly Text DriftHint = new(
        "{0} manglede, {1} var for meget, {2} var anderledes. De er rettet siden, eller står blandt ændringerne, der venter.",
        "{0} missing, {1} extra, {2} different. They were mended since, or are among the changes that wait.");
    public static readonly Text First = new("De første {0} vises.", "The first {0} are shown.");
    public static readonly Text Reconcile = new("Sammenlign og ret nu", "Compare and mend now");
    public static readonly Text Asked = new("Sammenligningen begynder om få sekunder.", "The comparison begins within seconds.");

    public static readonly Text Kind = new("Hvad", "What");
    public static readonly Text Key = new("Nøgle", "Key");
    public static readonly Text Difference = new("Forskel", "Difference");
    public static readonly Text Change = new("Ændring", "Change");
    public static readonly Text Reason = new("Årsag", "Reason");
    public static readonly Text Since = new("Siden", "Since");
    public static readonly Text Attempts = new("Forsøg", "Tries");
    public static readonly Text Removal = new("Slettes", "Removed");
    public static readonly Text Write = new("Oprettes eller ændres", "Created or changed");
    public static readonly Text IsRefused = new("Afvist", "Refused");
    public static readonly Text Waits = new("Venter", "Waits");
    public static readonly Text Changes = new("Ændringer", "Changes");
    public static readonly Text ShowChanges = new("Vis ændringerne", "Show the changes");
    public static readonly Text NoChanges = new("Ingen ændringer venter, og ingen er afvist.", "No change waits, and none was refused.");

    private static readonly Text Broker = new("MQTT-broker (Mosquitto)", "MQTT broker (Mosquitto)");
    private static readonly Text ChirpStack = new("LoRaWAN (ChirpStack)", "LoRaWAN (ChirpStack)");
    private static readonly Text Missing = new("Manglede", "Missing");
    private static readonly Text Extra = new("For meget", "Extra");
    private static readonly Text Different = new("Anderledes", "Different");
    private static readonly Text Account = new("Brugerkonto", "Account");
    private static readonly Text DeviceProfile = new("Enhedsprofil", "Device profile");
    private static readonly Text Gateway = new("Gateway", "Gateway");
    private static readonly Text MulticastGroup = new("Multicast-gruppe", "Multicast group");
    private static readonly Text Downlinks = new("Downlinks", "Downlinks");

    public static string NameOf(string system) => system switch
    {
        "mosquitto" => Broker,
        "chirpstack" => ChirpStack,
        _ => system,
    };

    public static string KindOf(string kind) => kind switch
    {
        "account" => Account,
        "application" => Words.Application,
        "device" => Words.Device,
        "device-profile" => DeviceProfile,
        "gateway" => Gateway,
        "multicast-group" => MulticastGroup,
        "downlinks" or "multicast-downlinks" => Downlinks,
        _ => kind,
    };

    public static string DifferenceOf(string difference) => difference switch
    {
        "missing" => Missing,
        "extra" => Extra,
        "different" => Different,
        _ => difference,
    };
}
