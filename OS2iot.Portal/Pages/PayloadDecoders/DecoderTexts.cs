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
    public static readonly Text Versions = new("Versioner", "Versions");
    public static readonly Text VersionColumn = new("Version", "Version no.");
    public static readonly Text VersionsLead = new("Hver ændring af koden er gemt. Åbn en version for at se forskellen til i dag eller gå tilbage til den.", "Each change of the code is kept. Open a version to see how it differs from today's or to go back to it.");
    public static readonly Text NoVersions = new("Ingen versioner endnu", "No versions yet");
    public static readonly Text NoVersionsText = new("De kommer, når koden ændres.", "They come when the code is changed.");
    public static readonly Text SameAsNow = new("Koden er den samme som i dag.", "The code is the same as today's.");
    public static readonly Text Restore = new("Gå tilbage til denne version", "Go back to this version");
    public static readonly Text RestoreHint = new("Den bliver en ny version. Intet går tabt.", "It becomes a new version. Nothing is lost.");
    public static readonly Text Restored = new("Koden er igen som i version {0}.", "The code is again as in version {0}.");
    public static readonly Text Difference = new("Forskel til i dag", "Difference from today's");
    public static readonly Text DifferenceHint = new("Linjer med minus findes kun i denne version, linjer med plus kun i den nuværende.", "Lines with a minus are only in this version, lines with a plus only in the current one.");
    public static readonly Text Trial = new("Prøv koden", "Try the code");
    public static readonly Text TrialHint = new("Resultatet følger med, mens du skriver. Intet gemmes eller sendes videre.", "The result follows as you type. Nothing is saved or sent on.");
    public static readonly Text TrialOk = new("Koden virker på denne besked.", "The code works on this message.");
    public static readonly Text TrialFailed = new("Koden fejler på denne besked.", "The code fails on this message.");
    public static readonly Text TrialAway = new("Koden kunne ikke prøves lige nu.", "The code could not be tried just now.");
    public static readonly Text Sample = new("Modtaget besked", "Received message");
    public static readonly Text Input = new("Besked (JSON)", "Message (JSON)");
    public static readonly Text Output = new("Resultat", "Result");
}
