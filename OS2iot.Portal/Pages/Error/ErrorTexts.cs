using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Error;

internal static class ErrorTexts
{
    public static readonly Text MissingTitle = new("Siden findes ikke", "There is no such page");
    public static readonly Text MissingText = new("Den kan være slettet, eller adressen kan være skrevet forkert.", "It may have been deleted, or the address may be mistyped.");
    public static readonly Text ForbiddenTitle = new("Du har ikke adgang", "You do not have access");
    public static readonly Text ForbiddenText = new("Dine brugergrupper giver ikke adgang til dette. En brugeradministrator i organisationen kan hjælpe.", "Your user groups do not give access to this. A user administrator of the organization can help.");
    public static readonly Text AwayTitle = new("OS2iot svarer ikke lige nu", "OS2iot does not answer right now");
    public static readonly Text AwayText = new("Dine data er i sikkerhed, og enhederne kan blive ved med at sende. Prøv igen om lidt.", "Your data is safe, and devices can go on sending. Try again in a moment.");
    public static readonly Text FailedTitle = new("Noget gik galt", "Something went wrong");
    public static readonly Text FailedText = new("Fejlen er skrevet i loggen. Prøv igen, eller gå tilbage.", "The error is in the log. Try again, or go back.");
    public static readonly Text OldFormTitle = new("Formularen er for gammel", "The form is too old");
    public static readonly Text OldFormText = new("Gå tilbage, genindlæs siden, og send den igen.", "Go back, reload the page and send it again.");
    public static readonly Text ToApplications = new("Til applikationerne", "To the applications");
    public static readonly Text Reference = new("Reference: {0}", "Reference: {0}");
}
