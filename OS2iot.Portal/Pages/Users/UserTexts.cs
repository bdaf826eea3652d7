using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Users;

internal static class UserTexts
{
    public static readonly Text Lead = new("Dem, der kan logge ind. Hvad de må, bestemmer deres brugergrupper.", "Those who can sign in. What they may do is decided by their user groups.");
    public static readonly Text New = new("Opret bruger", "Create user");
    public static readonly Text EditTitle = new("Rediger bruger", "Edit user");
    public static readonly Text User = new("Bruger", "User");
    public static readonly Text Email = new("E-mail", "E-mail");
    public static readonly Text Password = new("Adgangskode", "Password");
    public static readonly Text NewPassword = new("Ny adgangskode", "New password");
    public static readonly Text PasswordHint = new("Mindst seks tegn. Brug gerne flere ord.", "At least six characters. Several words are better.");
    public static readonly Text NewPasswordHint = new("Lad feltet stå tomt for at beholde den nuværende.", "Leave it empty to keep the present one.");
    public static readonly Text External = new("Logger ind med KOMBIT adgangsstyring. Navn og adgangskode styres der.", "Signs in by municipal single sign-on (KOMBIT). Name and password are managed there.");
    public static readonly Text Active = new("Aktiveret", "Active");
    public static readonly Text Inactive = new("Deaktiveret", "Deactivated");
    public static readonly Text ActiveLabel = new("Brugeren må logge ind", "The user may sign in");
    public static readonly Text GlobalAdmin = new("Global administrator", "Global administrator");
    public static readonly Text GlobalAdminHint = new("Ser og ændrer alt i alle organisationer.", "Sees and changes everything in all organizations.");
    public static readonly Text ExpiresOn = new("Adgang udløber", "Access expires");
    public static readonly Text ExpiresOnHint = new("Første dag uden adgang. Tom betyder aldrig.", "The first day without access. Empty means never.");
    public static readonly Text LastLogin = new("Sidste login", "Last sign-in");
    public static readonly Text NotYet = new("Ikke logget på endnu", "Not signed in yet");
    public static readonly Text Never = new("Aldrig", "Never");
    public static readonly Text Groups = new("Medlem af disse brugergrupper", "Member of these user groups");
    public static readonly Text NoGroups = new("Brugeren er ikke i nogen brugergruppe og ser derfor intet. Åbn en brugergruppe og føj brugeren til.", "The user is in no user group and therefore sees nothing. Open a user group and add the user.");
    public static readonly Text OpenGroups = new("Åbn brugergrupper", "Open user groups");
    public static readonly Text EmptyTitle = new("Ingen brugere endnu", "No users yet");
    public static readonly Text EmptyText = new("Opret en bruger, og føj den til en brugergruppe.", "Create a user and add it to a user group.");
    public static readonly Text Awaiting = new("Afventende brugere", "Awaiting users");
    public static readonly Text AwaitingLead = new("De har bedt om adgang til {0}. De får mail om dit svar.", "They asked for access to {0}. Your answer is mailed to them.");
    public static readonly Text NobodyAwaits = new("Ingen venter på svar", "Nobody awaits an answer");
    public static readonly Text NobodyAwaitsText = new("Når nogen beder om adgang til organisationen, står de her.", "When somebody asks for access to the organization, they appear here.");
    public static readonly Text Approve = new("Godkend", "Approve");
    public static readonly Text Reject = new("Afvis", "Reject");
    public static readonly Text Reason = new("Begrundelse (valgfri)", "Reason (optional)");
    public static readonly Text ReasonHint = new("Står i mailen til den, der har søgt.", "It is in the mail to whoever applied.");
    public static readonly Text Approved = new("“{0}” har nu adgang.", "“{0}” has access now.");
    public static readonly Text Rejected = new("Anmodningen er afvist.", "The request was rejected.");
    public static readonly Text ChooseGroups = new("Vælg mindst én brugergruppe.", "Choose at least one user group.");
    public static readonly Text GroupsFor = new("Brugergrupper til {0}", "User groups for {0}");
    public static readonly Text Existing = new("Tilknyttede brugere", "Existing users");
}
