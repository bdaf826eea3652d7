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
}
