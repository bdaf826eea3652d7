using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Access;

internal static class AccessTexts
{
    public static readonly Text Title = new("Velkommen til OS2iot", "Welcome to OS2iot");
    public static readonly Text Lead = new("Du er logget ind, men hører ikke til nogen organisation endnu. Vælg, hvor du vil søge om adgang.", "You are signed in, but belong to no organization yet. Choose where to ask for access.");
    public static readonly Text Email = new("Din e-mail", "Your e-mail");
    public static readonly Text EmailHint = new("Svaret kommer hertil.", "The answer comes here.");
    public static readonly Text Ask = new("Søg om adgang", "Ask for access");
    public static readonly Text Later = new("Ikke nu", "Not now");
    public static readonly Text ChooseOne = new("Vælg mindst én organisation.", "Choose at least one organization.");
    public static readonly Text Asked = new("Din ansøgning er sendt. Du får en mail, når der er svaret.", "Your request is sent. You will get a mail when it is answered.");
}
