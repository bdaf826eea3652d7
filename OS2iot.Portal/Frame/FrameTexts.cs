using OS2iot.Portal.Language;

namespace OS2iot.Portal.Frame;

internal static class FrameTexts
{
    public static readonly Text SkipToContent = new("Gå til indhold", "Skip to content");
    public static readonly Text Menu = new("Menu", "Menu");
    public static readonly Text MainMenu = new("Hovedmenu", "Main menu");
    public static readonly Text Close = new("Luk", "Close");
    public static readonly Text ChooseOrganization = new("Vælg organisation", "Choose organization");
    public static readonly Text NoOrganization = new("Ingen organisation", "No organization");
    public static readonly Text SearchAll = new("Søg overalt", "Search everything");
    public static readonly Text UserMenu = new("Brugermenu", "User menu");
    public static readonly Text SignedInAs = new("Logget ind som", "Signed in as");
    public static readonly Text Account = new("Din konto", "Your account");
    public static readonly Text SignOut = new("Log ud", "Sign out");
    public static readonly Text Language = new("Sprog", "Language");
    public static readonly Text Theme = new("Udseende", "Appearance");
    public static readonly Text Light = new("Lyst", "Light");
    public static readonly Text Dark = new("Mørkt", "Dark");
    public static readonly Text Auto = new("Som enheden", "As this device");
    public static readonly Text Breadcrumb = new("Brødkrumme", "Breadcrumb");
}
