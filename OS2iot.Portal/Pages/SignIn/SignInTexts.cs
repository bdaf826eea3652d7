using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.SignIn;

internal static class SignInTexts
{
    public static readonly Text Title = new("Log ind", "Sign in");
    public static readonly Text Lead = new("Byens sensorer, samlet ét sted.", "The town's sensors, in one place.");
    public static readonly Text Email = new("E-mail", "E-mail");
    public static readonly Text Password = new("Adgangskode", "Password");
    public static readonly Text Wrong = new("E-mail eller adgangskode er forkert.", "E-mail or password is wrong.");
    public static readonly Text TooMany = new("Der har været for mange forsøg. Vent lidt, og prøv igen.", "There have been too many attempts. Wait a moment and try again.");
    public static readonly Text Expired = new("Din session er udløbet. Log ind igen, så fortsætter du, hvor du slap.", "Your session has ended. Sign in again to go on where you were.");
    public static readonly Text SignedOut = new("Du er logget ud.", "You are signed out.");

    public static readonly Text With = new("Log ind med {0}", "Sign in with {0}");
    public static readonly Text OrHere = new("eller med e-mail og adgangskode", "or with e-mail and password");
    public static readonly Text Code = new("Engangskode", "One-time code");
    public static readonly Text CodeHint = new("Fra appen på din telefon, eller en af dine genoprettelseskoder.", "From the app on your phone, or one of your recovery codes.");
    public static readonly Text CodeNeeded = new("Skriv din adgangskode igen, og engangskoden.", "Enter your password again, and the one-time code.");
    public static readonly Text CodeWrong = new("Engangskoden er forkert eller brugt.", "The one-time code is wrong or was used.");
    public static readonly Text MissingRole = new("Du har ikke fået rollen til OS2iot. Spørg dem, der styrer rettigheder hos jer.", "You have not been given the role for OS2iot. Ask those who manage access where you work.");
    public static readonly Text Inactive = new("Din bruger er lukket. Spørg en administrator.", "Your user is closed. Ask an administrator.");
    public static readonly Text Away = new("OS2iot svarer ikke lige nu. Prøv igen om lidt.", "OS2iot does not answer right now. Try again in a while.");
    public static readonly Text ProviderFailed = new("Det lykkedes ikke at logge ind. Prøv igen.", "Signing in did not succeed. Try again.");
    public static readonly Text SigningOut = new("Logger ud", "Signing out");
    public static readonly Text SigningOutLead = new("Du er logget ud her, og bliver det nu også der, hvor du loggede ind.", "You are signed out here, and will now be signed out where you signed in as well.");
    public static readonly Text Continue = new("Fortsæt", "Continue");
    public static readonly Text Changed = new("Din nye adgangskode er gemt. Log ind med den.", "Your new password is saved. Sign in with it.");
    public static readonly Text Forgotten = new("Glemt adgangskode", "Forgotten password");
    public static readonly Text ForgottenLead = new("Så sender vi en mail med et link.", "We will send a mail with a link.");
    public static readonly Text SendMail = new("Send mail", "Send mail");
    public static readonly Text MailSent = new("Hvis der er en bruger med den e-mail, er der nu en mail på vej. Linket virker i en halv time.", "If there is a user with that e-mail, a mail is on its way. The link works for half an hour.");
    public static readonly Text NewPassword = new("Ny adgangskode", "New password");
    public static readonly Text PasswordHint = new("Gerne en hel sætning. Ord, som alle prøver først, duer ikke.", "A whole sentence is good. Words that everybody tries first will not do.");
}
