using OS2iot.Portal.Language;

namespace OS2iot.Portal.Components;

internal static class ListTexts
{
    public static readonly Text Filter = new("Filtrér på navn", "Filter by name");
    public static readonly Text Apply = new("Filtrér", "Filter");
    public static readonly Text Clear = new("Ryd filter", "Clear filter");
    public static readonly Text Columns = new("Kolonner", "Columns");
    public static readonly Text ShowThese = new("Vis disse", "Show these");
    public static readonly Text PerPage = new("Antal pr. side", "Items per page");
    public static readonly Text Show = new("Vis", "Show");
    public static readonly Text NothingFound = new("Intet passer til filteret", "Nothing matches the filter");
    public static readonly Text NothingFoundText = new("Prøv et kortere ord, eller ryd filteret.", "Try a shorter word, or clear the filter.");
}
