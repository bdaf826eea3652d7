using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Account;

internal static class AccountTexts
{
    public static readonly Text Title = new("Din konto", "Your account");
    public static readonly Text Sessions = new("Her er du logget ind", "Where you are signed in");
    public static readonly Text UnknownClient = new("Ukendt program", "Unknown program");
    public static readonly Text Since = new("Siden {0}", "Since {0}");
    public static readonly Text Until = new("Slutter senest {0}", "Ends at the latest {0}");
    public static readonly Text ThisOne = new("Det er denne browser.", "This is this browser.");
    public static readonly Text End = new("Log ud dér", "Sign out there");
    public static readonly Text EndOthers = new("Log ud alle andre steder", "Sign out everywhere else");
    public static readonly Text Password = new("Adgangskode", "Password");
    public static readonly Text CurrentPassword = new("Nuværende adgangskode", "Current password");
    public static readonly Text NewPassword = new("Ny adgangskode", "New password");
    public static readonly Text PasswordHint = new("Gerne en hel sætning. Ord, som alle prøver først, duer ikke. Du bliver logget ud alle andre steder.", "A whole sentence is good. Words that everybody tries first will not do. You will be signed out everywhere else.");
    public static readonly Text OneTimeCodes = new("Engangskoder", "One-time codes");
    public static readonly Text OneTimeCodesLead = new("Med en app på telefonen er din adgangskode alene ikke nok til at logge ind.", "With an app on your phone, your password alone is not enough to sign in.");
    public static readonly Text OneTimeCodesOn = new("Engangskoder er slået til. Du har {0} genoprettelseskoder tilbage.", "One-time codes are on. You have {0} recovery codes left.");
    public static readonly Text SetUp = new("Slå engangskoder til", "Set up one-time codes");
    public static readonly Text TypeThis = new("Skriv denne nøgle i din app, og skriv så koden, som appen viser.", "Enter this key in your app, and then the code that the app shows.");
    public static readonly Text OpenInApp = new("Åbn i en app på denne enhed", "Open in an app on this device");
    public static readonly Text Code = new("Engangskode", "One-time code");
    public static readonly Text Start = new("Slå til", "Turn on");
    public static readonly Text Stop = new("Slå fra", "Turn off");
    public static readonly Text RecoveryCodes = new("Genoprettelseskoder", "Recovery codes");
    public static readonly Text RecoveryCodesLead = new("Hver af dem erstatter en engangskode én gang. Gem dem nu: de vises ikke igen.", "Each stands in for a one-time code once. Keep them now: they will not be shown again.");
}
