using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.PayloadDecoders;

internal static class DecoderTexts
{
    public static readonly Text Lead = new("En payload decoder er et lille JavaScript-program, der gør en enheds beskeder til læsbare data.", "A payload decoder is a small JavaScript program that turns a device's messages into readable data.");
    public static readonly Text New = new("Opret payload decoder", "Create payload decoder");
    public static readonly Text EditTitle = new("Rediger payload decoder", "Edit payload decoder");
    public static readonly Text ViewTitle = new("Payload decoder", "Payload decoder");
    public static readonly Text EmptyTitle = new("Ingen payload decodere endnu", "No payload decoders yet");
    public static readonly Text EmptyText = new("Skriv en decoder, og brug den i en forbindelse mellem enheder og et datatarget.", "Write a decoder and use it in a connection between devices and a data target.");
    public static readonly Text EmptyTextReader = new("En applikationsadministrator kan oprette dem.", "An application administrator can create them.");
    public static readonly Text Function = new("Decoder funktion", "Decoding function");
    public static readonly Text FunctionHint = new("JavaScript med funktionen decode(payload, metadata) eller decodeUplink(input).", "JavaScript with a function decode(payload, metadata) or decodeUplink(input).");
    public static readonly Text UsedBy = new("Bruges af", "Used by");
    public static readonly Text UnusedTitle = new("Bruges ikke endnu", "Not in use yet");
    public static readonly Text UnusedText = new("Den bruges, når en forbindelse vælger den.", "It is in use once a connection chooses it.");
    public static readonly Text DeleteConsequence = new("En decoder, som en forbindelse bruger, kan ikke slettes.", "A decoder that a connection uses cannot be deleted.");
}
