using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Connections;

internal static class ConnectionTexts
{
    public static readonly Text New = new("Opret forbindelse", "Create connection");
    public static readonly Text EditTitle = new("Rediger forbindelse", "Edit connection");
    public static readonly Text EditOf = new("Rediger forbindelsen til {0}", "Edit the connection to {0}");
    public static readonly Text Lead = new("Vælg enheder, payload decoder og datatarget. Nye beskeder følger den fra nu af.", "Choose devices, payload decoder and data target. New messages follow it from now on.");
    public static readonly Text NoDecoder = new("Ingen payload decoder", "No payload decoder");
    public static readonly Text NoDecoderHint = new("Uden payload decoder sendes data, som de kom.", "Without a payload decoder, data is sent as it came.");
    public static readonly Text ChooseTarget = new("Vælg datatarget", "Choose data target");
    public static readonly Text ChooseDevices = new("IoT-enheder", "IoT devices");
    public static readonly Text NoDevices = new("Ingen enheder valgt", "No devices chosen");
    public static readonly Text NoTargets = new("Applikationen har ingen datatargets endnu.", "The application has no data targets yet.");
    public static readonly Text AtLeastOne = new("Vælg mindst én enhed.", "Choose at least one device.");
    public static readonly Text TheConnection = new("forbindelsen til {0}", "the connection to {0}");
    public static readonly Text DeleteConsequence = new("Enhederne sender ikke længere data til datatarget gennem den.", "The devices no longer send data to the target through it.");
    public static readonly Text To = new("til", "to");
}
