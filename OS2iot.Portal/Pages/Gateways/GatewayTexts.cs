using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Gateways;

internal static class GatewayTexts
{
    public static readonly Text Gateways = new("Gateways", "Gateways");
    public static readonly Text Lead = new("Modtagerne, der hører LoRaWAN-enhederne og sender deres beskeder videre.", "The receivers that hear LoRaWAN devices and pass their messages on.");
    public static readonly Text EmptyTitle = new("Ingen gateways endnu", "No gateways yet");
    public static readonly Text EmptyText = new("Når organisationen har en gateway, står den her med sin tilstand.", "Once the organization has a gateway, it is here with its state.");
    public static readonly Text Map = new("Kort over gateways", "Map of gateways");
    public static readonly Text MapHint = new("Nord er opad. {0} af {1} gateways på kortet er online.", "North is up. {0} of {1} gateways on the map are online.");
    public static readonly Text Online = new("Online", "Online");
    public static readonly Text Offline = new("Offline", "Offline");
    public static readonly Text Id = new("Gateway-id", "Gateway id");
    public static readonly Text LastSeen = new("Sidst set", "Last seen");
    public static readonly Text PacketsToday = new("Pakker i dag", "Packets today");
    public static readonly Text ReceivedAndSent = new("{0} modtaget · {1} sendt", "{0} received · {1} sent");
    public static readonly Text Place = new("Placering", "Place");
    public static readonly Text Model = new("Model", "Model");
    public static readonly Text Kilometres = new("{0} km", "{0} km");

    public static readonly Text ReceivedPerDay = new("Modtagne pakker pr. dag", "Packets received per day");
    public static readonly Text Duty = new("Sendetid (duty cycle)", "Time on air (duty cycle)");
    public static readonly Text DutyHint = new("Hvor meget af den tilladte sendetid i hvert bånd gatewayen har brugt.", "How much of the time that it may send in each band the gateway has used.");
    public static readonly Text Band = new("Bånd", "Band");
    public static readonly Text DutyUsed = new("Brugt af det tilladte", "Used of what is allowed");
    public static readonly Text Timeline = new("Tilstand den seneste uge", "State in the last week");
    public static readonly Text From = new("Fra", "From");
    public static readonly Text State = new("Tilstand", "State");
    public static readonly Text NoTimeline = new("Der er intet hørt om gatewayen den seneste uge.", "Nothing was heard of the gateway in the last week.");

    public static readonly Text Frames = new("Uplinks, den har hørt", "Uplinks that it heard");
    public static readonly Text NoFrames = new("Ingen i de seneste dage.", "None in the last days.");
    public static readonly Text Device = new("Enhed", "Device");
    public static readonly Text OthersDevice = new("En enhed, du ikke har adgang til", "A device you have no access to");
    public static readonly Text Signal = new("Signal", "Signal");
    public static readonly Text DataRate = new("Datarate", "Data rate");
    public static readonly Text Frequency = new("Frekvens", "Frequency");
    public static readonly Text FrameCounter = new("Tæller", "Counter");
    public static readonly Text Events = new("Hændelser", "Events");
    public static readonly Text NoEvents = new("Ingen hændelser i de seneste dage.", "No events in the last days.");
    public static readonly Text RawJson = new("Rå JSON", "Raw JSON");
    public static readonly Text Reload = new("Genindlæs", "Reload");

    public static readonly Text Network = new("Signal og netværk", "Signal and network");
    public static readonly Text NetworkOf = new("Signal og netværk: {0}", "Signal and network: {0}");
    public static readonly Text NoSignal = new("Enheden er ikke hørt den seneste måned.", "The device was not heard in the last month.");
    public static readonly Text Rssi = new("Signalstyrke (RSSI), dBm", "Signal strength (RSSI), dBm");
    public static readonly Text Snr = new("Signal-støj-forhold (SNR), dB", "Signal to noise (SNR), dB");
    public static readonly Text RssiPerDay = new("Signalstyrke (RSSI) i gennemsnit pr. dag, dBm", "Signal strength (RSSI), average per day, dBm");
    public static readonly Text SnrPerDay = new("Signal-støj-forhold (SNR) i gennemsnit pr. dag, dB", "Signal to noise (SNR), average per day, dB");
    public static readonly Text Loss = new("Tabte beskeder pr. dag, procent", "Lost messages per day, percent");
    public static readonly Text Values = new("Vis tallene", "Show the numbers");
    public static readonly Text Day = new("Dag", "Day");
    public static readonly Text Time = new("Tidspunkt", "Time");

    /// <summary>What a network tells, in a user's words.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Kinds = new Dictionary<string, Text>
    {
        ["join"] = new("Tilsluttet", "Joined"),
        ["status"] = new("Status", "Status"),
        ["ack"] = new("Kvittering", "Acknowledgement"),
        ["txack"] = new("Sendt af gateway", "Sent by gateway"),
        ["log"] = new("Log", "Log"),
        ["location"] = new("Position", "Location"),
        ["conn"] = new("Forbindelse", "Connection"),
        ["stats"] = new("Statistik", "Statistics"),
    };

    public static string KindOf(string kind) => Kinds.TryGetValue(kind, out var words) ? words : kind;
}
