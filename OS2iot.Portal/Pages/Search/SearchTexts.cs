using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Search;

internal static class SearchTexts
{
    public static readonly Text Placeholder = new("Søg efter navn eller id", "Search by name or id");
    public static readonly Text Lead = new("Applikationer, enheder og gateways, du må se: efter en del af navnet, eller efter hele id'et, DevEUI'et eller nøglen.", "Applications, devices and gateways you may see: by a part of the name, or by the whole id, DevEUI or key.");
    public static readonly Text Results = new("Søgeresultater", "Search results");
    public static readonly Text Found = new("{0} fundet", "{0} found");
    public static readonly Text NothingTitle = new("Intet fundet", "Nothing found");
    public static readonly Text NothingText = new("Kontrollér stavemåden, eller søg efter en kortere del af navnet.", "Check the spelling, or search for a shorter part of the name.");
    public static readonly Text Gateway = new("Gateway", "Gateway");
    public static readonly Text ShowAll = new("Vis alle {0}", "Show all {0}");
}
