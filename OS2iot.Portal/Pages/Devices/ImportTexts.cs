using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Devices;

internal static class ImportTexts
{
    public static readonly Text Title = new("Importér enheder", "Import devices");
    public static readonly Text Lead = new(
        "Opret eller ret mange enheder på én gang med en CSV-fil. En række med et id retter enheden; de andre opretter en ny.",
        "Create or change many devices at once with a CSV file. A row with an id changes that device; the others create a new one.");
    public static readonly Text File = new("CSV-fil", "CSV file");
    public static readonly Text FileHint = new(
        "Højst {0} rækker. Første linje har kolonnernes navne. En eksporteret fil kan importeres igen.", "At most {0} rows. The first line holds the names of the columns. An exported file can be imported again.");
    public static readonly Text Samples = new("Eksempler at begynde med", "Examples to begin with");
    public static readonly Text Check = new("Se filen igennem", "Check the file");
    public static readonly Text Run = new("Importér", "Import");
    public static readonly Text Again = new(
        "Filen kan trygt sendes igen, hvis noget gik galt: rækker, der allerede er oprettet, oprettes ikke to gange.",
        "The file can safely be sent again if something went wrong: rows that were created already are not created twice.");

    public static readonly Text Preview = new("Det står der i filen", "What the file says");
    public static readonly Text Counts = new("{0} nye enheder, {1} ændringer, {2} rækker med fejl.", "{0} new devices, {1} changes, {2} rows with errors.");
    public static readonly Text FirstRows = new("De første {0} rækker vises.", "The first {0} rows are shown.");
    public static readonly Text Result = new("Resultat", "Result");
    public static readonly Text Done = new("{0} af {1} rækker er gemt, {2} fejlede.", "{0} of {1} rows were saved, {2} failed.");
    public static readonly Text Progress = new("{0} af {1} rækker behandlet", "{0} of {1} rows done");
    public static readonly Text Interrupted = new(
        "Forbindelsen blev afbrudt. Send filen igen; det, der er gemt, gemmes ikke to gange.", "The connection was lost. Send the file again; what was saved is not saved twice.");
    public static readonly Text Download = new("Hent resultatet som fil", "Download the result as a file");
    public static readonly Text Line = new("Linje", "Line");
    public static readonly Text What = new("Hvad sker der", "What happens");
    public static readonly Text New = new("Ny enhed", "New device");
    public static readonly Text Change = new("Retter enhed {0}", "Changes device {0}");
    public static readonly Text Saved = new("Gemt", "Saved");
    public static readonly Text Failed = new("Fejlede", "Failed");
    public static readonly Text Reason = new("Årsag", "Reason");

    public static readonly Text Choose = new("Vælg en fil.", "Choose a file.");
    public static readonly Text TooLarge = new("Filen er for stor; højst {0} MB.", "The file is too large; at most {0} MB.");
    public static readonly Text TooManyRows = new("Der er for mange rækker; højst {0}. Del filen.", "There are too many rows; at most {0}. Split the file.");
    public static readonly Text NoHeader = new("Første linje skal have kolonnernes navne, blandt dem name og type.", "The first line has to hold the names of the columns, among them name and type.");
    public static readonly Text Empty = new("Der er ingen rækker i filen.", "There are no rows in the file.");
    public static readonly Text Unreadable = new("Filen kan ikke læses. Gem den som CSV i UTF-8.", "The file can't be read. Save it as CSV in UTF-8.");
    public static readonly Text NotSigfox = new("Sigfox-enheder kan ikke importeres.", "Sigfox devices can't be imported.");
    public static readonly Text UnknownType = new("Typen \"{0}\" findes ikke; brug en af {1}.", "There is no type \"{0}\"; use one of {1}.");
    public static readonly Text NotANumber = new("{0} skal være et tal.", "{0} has to be a number.");
    public static readonly Text NotBase64 = new("{0} skal være base64.", "{0} has to be base64.");
    public static readonly Text NoAnswer = new("Serveren svarede ikke. Send filen igen.", "The server did not answer. Send the file again.");
}
