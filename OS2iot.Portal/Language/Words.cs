namespace OS2iot.Portal.Language;

/// <summary>Words that every part uses.</summary>
internal static class Words
{
    public static readonly Text Applications = new("Applikationer", "Applications");
    public static readonly Text Application = new("Applikation", "Application");
    public static readonly Text Devices = new("IoT-enheder", "IoT devices");
    public static readonly Text Device = new("IoT-enhed", "IoT device");
    public static readonly Text DataTargets = new("Datatargets", "Data targets");
    public static readonly Text DataTarget = new("Datatarget", "Data target");
    public static readonly Text PayloadDecoders = new("Payload decodere", "Payload decoders");
    public static readonly Text PayloadDecoder = new("Payload decoder", "Payload decoder");
    public static readonly Text Connections = new("Forbindelser", "Connections");
    public static readonly Text Connection = new("Forbindelse", "Connection");
    public static readonly Text Organizations = new("Organisationer", "Organizations");
    public static readonly Text Organization = new("Organisation", "Organization");
    public static readonly Text Administration = new("Administration", "Administration");
    public static readonly Text General = new("Generelt", "General");

    public static readonly Text Users = new("Brugere", "Users");
    public static readonly Text Permissions = new("Brugergrupper", "User groups");
    public static readonly Text ApiKeys = new("API-nøgler", "API keys");
    public static readonly Text AuditLog = new("Ændringslog", "Audit log");
    public static readonly Text Search = new("Søg", "Search");

    public static readonly Text Name = new("Navn", "Name");
    public static readonly Text Description = new("Beskrivelse", "Description");
    public static readonly Text Details = new("Detaljer", "Details");
    public static readonly Text Type = new("Type", "Type");
    public static readonly Text Status = new("Status", "Status");
    public static readonly Text LastActive = new("Sidst aktiv", "Last active");
    public static readonly Text NeverSeen = new("Aldrig set", "Never seen");
    public static readonly Text Created = new("Oprettet", "Created");
    public static readonly Text Updated = new("Senest opdateret", "Last updated");
    public static readonly Text Yes = new("Ja", "Yes");
    public static readonly Text No = new("Nej", "No");
    public static readonly Text None = new("Ingen", "None");
    public static readonly Text NotGiven = new("Ikke angivet", "Not given");

    public static readonly Text Create = new("Opret", "Create");
    public static readonly Text Edit = new("Rediger", "Edit");
    public static readonly Text Delete = new("Slet", "Delete");
    public static readonly Text Save = new("Gem", "Save");
    public static readonly Text Cancel = new("Annuller", "Cancel");
    public static readonly Text Copy = new("Kopier", "Copy");
    public static readonly Text Copied = new("Kopieret", "Copied");
    public static readonly Text TryAgain = new("Prøv igen", "Try again");

    public static readonly Text Previous = new("Forrige", "Previous");
    public static readonly Text Next = new("Næste", "Next");
    public static readonly Text Pages = new("Sider", "Pages");
    public static readonly Text Range = new("{0}–{1} af {2}", "{0}–{1} of {2}");
    public static readonly Text Optional = new("valgfrit", "optional");
    public static readonly Text DeleteCannotBeUndone = new("Det kan ikke fortrydes.", "This cannot be undone.");
    public static readonly Text DeleteQuestion = new("Slet “{0}”?", "Delete “{0}”?");
    public static readonly Text Saved = new("Ændringerne er gemt.", "Your changes are saved.");
    public static readonly Text NowThere = new("“{0}” er oprettet.", "“{0}” was created.");
    public static readonly Text NowGone = new("“{0}” er slettet.", "“{0}” was deleted.");
    public static readonly Text SeeErrors = new("Noget skal rettes, før det kan gemmes", "Something needs fixing before this can be saved");
    public static readonly Text CreatedBy = new("Oprettet {0}", "Created {0}");

    public static readonly Text JustNow = new("lige nu", "just now");
    public static readonly Text SecondsAgo = new("{0} sek. siden", "{0} sec. ago");
    public static readonly Text MinutesAgo = new("{0} min. siden", "{0} min. ago");
    public static readonly Text OneHourAgo = new("1 time siden", "1 hr. ago");
    public static readonly Text HoursAgo = new("{0} timer siden", "{0} hr. ago");
    public static readonly Text DaysAgo = new("{0} dage siden", "{0} days ago");
    public static readonly Text OneDayAgo = new("1 dag siden", "1 day ago");
}
