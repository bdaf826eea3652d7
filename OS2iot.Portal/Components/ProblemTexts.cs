using Microsoft.AspNetCore.Mvc.ModelBinding;
using OS2iot.Portal.Api;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Components;

/// <summary>The Api's codes and rules in words.</summary>
internal static class ProblemTexts
{
    public static readonly Text Unknown = new("Serveren afviste ændringen.", "The server refused the change.");
    public static readonly Text UnknownCode = new("Serveren afviste ændringen ({0}).", "The server refused the change ({0}).");
    public static readonly Text NotANumber = new("Skriv et tal.", "Enter a number.");
    public static readonly Text Forbidden = new("Du har ikke rettigheder til det.", "You do not have the rights to do that.");

    internal static readonly IReadOnlyDictionary<string, Text> Codes = new Dictionary<string, Text>(StringComparer.Ordinal)
    {
        ["ID-DOES-NOT-EXIST"] = new("Den findes ikke længere.", "It no longer exists."),
        ["NAME-INVALID-OR-ALREADY-IN-USE"] = new("Navnet er ugyldigt eller allerede i brug.", "The name is not valid or is already in use."),
        ["ID-INVALID-OR-ALREADY-IN-USE"] = new("Id'et er ugyldigt eller allerede i brug.", "The id is not valid or is already in use."),
        ["ID-MISSING-FROM-REQUEST"] = new("Vælg, hvad den hører til.", "Choose what it belongs to."),
        ["BAD-ENCODING"] = new("Koden kunne ikke læses.", "The code could not be read."),
        ["POST-FAILED"] = new("Det kunne ikke oprettes.", "It could not be created."),
        ["WRONG-LENGTH"] = new("Længden er forkert.", "The length is wrong."),
        ["NOT-VALID-FORMAT"] = new("Formatet er forkert.", "The format is wrong."),
        ["ORGANIZATION-ALREADY-EXISTS"] = new("Der findes allerede en organisation med det navn.", "There is already an organization of that name."),
        ["ORGANIZATION-DOES-NOT-EXISTS"] = new("Organisationen findes ikke længere.", "The organization no longer exists."),
        ["APPLICATION-DOES-NOT-EXIST"] = new("Applikationen findes ikke længere.", "The application no longer exists."),
        ["DEVICE-DOES-NOT-EXIST"] = new("Enheden findes ikke længere.", "The device no longer exists."),
        ["DEVICE-MODEL-DOES-NOT-EXIST"] = new("Enhedsmodellen findes ikke længere.", "The device model no longer exists."),
        ["DEVICE-MODEL-ORGANIZATION-DOES-NOT-MATCH"] = new("Enhedsmodellen hører til en anden organisation.", "The device model belongs to another organization."),
        ["NOT-SAME-APPLICATION"] = new("Enheder og datatarget skal høre til samme applikation.", "Devices and data target must belong to the same application."),
        ["IS-USED"] = new("Den er i brug og kan ikke slettes.", "It is in use and cannot be deleted."),
        ["DELETE-NOT-ALLOWED-ITEM-IS-IN-USE"] = new("Den er i brug og kan ikke slettes. Fjern først de forbindelser, der bruger den.", "It is in use and cannot be deleted. Remove the connections that use it first."),
        ["DELETE-NOT-ALLOWED-HAS-SIGFOX-DEVICE"] = new("Den kan ikke slettes, fordi den har Sigfox-enheder.", "It cannot be deleted because it has Sigfox devices."),
        ["DELETE-NOT-ALLOWED-HAS-LORAWAN-DEVICE"] = new("Den kan ikke slettes, fordi den har LoRaWAN-enheder.", "It cannot be deleted because it has LoRaWAN devices."),
        ["DOWNLINK-LENGTH-WRONG-FOR-SIGFOX"] = new("Sigfox tager præcis 8 byte, altså 16 cifre.", "Sigfox takes exactly 8 bytes, which are 16 digits."),
        ["DOWNLINK-NOT-SUPPORTED-FOR-DEVICE-TYPE"] = new("Der kan ikke sendes til enheder af denne type.", "Nothing can be sent to devices of this type."),
        ["SIGFOX-BAD-LOGIN"] = new("Sigfox kender ikke brugeren, eller hemmeligheden er forkert.", "Sigfox does not know the user, or the secret is wrong."),
        ["SIGFOX-LIMITED"] = new("Sigfox begrænser, hvor ofte den bliver spurgt. Prøv igen om lidt.", "Sigfox limits how often it is asked. Try again in a while."),
        ["SIGFOX-AWAY"] = new("Sigfox svarer ikke lige nu. Prøv igen om lidt.", "Sigfox does not answer just now. Try again in a while."),
        ["GROUP-CAN-ONLY-BE-CREATED-ONCE-PR-ORGANIZATION"] = new("Organisationen har allerede en Sigfox-gruppe med dette login.", "The organization already has a Sigfox group of this login."),
        ["DEVICE-DOES-NOT-EXIST-IN-SIGFOX-FOR-GROUP"] = new("Sigfox har ikke enheden i denne gruppe.", "Sigfox does not have the device in this group."),
        ["DUPLICATE-METADATA-KEY"] = new("Den samme nøgle findes to gange.", "The same key is there twice."),
        ["INVALID-KEY-IN-KEY-VALUE-PAIR"] = new("Hver linje skal have en nøgle.", "Each line needs a key."),
        ["INVALID-VALUE-IN-KEY-VALUE-PAIR"] = new("Hver nøgle skal have en værdi.", "Each key needs a value."),
        ["INVALID-DATE"] = new("Datoen er ugyldig.", "The date is not valid."),
        ["USER-ALREADY-EXISTS"] = new("Der findes allerede en bruger med den e-mail.", "There is already a user with that e-mail."),
        ["EMAIL-ALREADY-IN-USE"] = new("E-mailen er allerede i brug.", "The e-mail is already in use."),
        ["PASSWORD-DOES-NOT-MEET-REQUIREMENTS"] = new("Adgangskoden er for kort eller for let at gætte.", "The password is too short or too easy to guess."),
        ["PASSWORD-WRONG"] = new("Din nuværende adgangskode er forkert.", "Your current password is wrong."),
        ["ONE-TIME-CODE-WRONG"] = new("Engangskoden er forkert eller brugt.", "The one-time code is wrong or was used."),
        ["RESET-TOKEN-WRONG"] = new("Linket virker ikke længere. Bed om et nyt.", "The link no longer works. Ask for a new one."),
        ["USER-ALREADY-HAVE-MAIL"] = new("Du har allerede en e-mail her.", "You already have an e-mail here."),
        ["SEND-MAIL-ERROR"] = new("Der kunne ikke sendes mail til administratoren. Prøv igen senere.", "No mail could be sent to the administrator. Try again later."),
        ["CANNOT-MODIFY-ON-KOMBIT-USER"] = new("Det styres af KOMBIT og kan ikke ændres her.", "It is managed by KOMBIT and cannot be changed here."),
        ["TOO-MUCH-DATA"] = new("Der er for mange data på én gang.", "That is too much data at once."),
    };

    internal static readonly IReadOnlyDictionary<string, Text> Rules = new Dictionary<string, Text>(StringComparer.Ordinal)
    {
        ["minLength"] = new("Skal udfyldes med mindst {0} tegn.", "Enter at least {0} characters."),
        ["maxLength"] = new("Må højst være på {0} tegn.", "Use at most {0} characters."),
        ["isNotBlank"] = new("Skal udfyldes.", "This must be filled in."),
        ["isNotEmpty"] = new("Skal udfyldes.", "This must be filled in."),
        ["isDefined"] = new("Skal udfyldes.", "This must be filled in."),
        ["isString"] = new("Skal udfyldes.", "This must be filled in."),
        ["isNumber"] = NotANumber,
        ["isInt"] = new("Skriv et helt tal.", "Enter a whole number."),
        ["min"] = new("Må ikke være mindre end {0}.", "Must not be less than {0}."),
        ["max"] = new("Må ikke være større end {0}.", "Must not be greater than {0}."),
        ["isUrl"] = new("Skriv en adresse, der begynder med http:// eller https://.", "Enter an address that begins with http:// or https://."),
        ["isEmail"] = new("Skriv en gyldig e-mailadresse.", "Enter a valid e-mail address."),
        ["isEnum"] = new("Vælg en af mulighederne.", "Choose one of the options."),
        ["isBoolean"] = new("Vælg ja eller nej.", "Choose yes or no."),
        ["isArray"] = new("Vælg mindst én.", "Choose at least one."),
        ["arrayUnique"] = new("Den samme er valgt to gange.", "The same is chosen twice."),
        ["isPhoneNumberString"] = new("Skriv et telefonnummer med mindst seks cifre.", "Enter a phone number of at least six digits."),
        ["isHexadecimal"] = new("Brug kun cifrene 0–9 og bogstaverne a–f.", "Use only the digits 0–9 and the letters a–f."),
        ["isJson"] = new("Det er ikke gyldig JSON.", "This is not valid JSON."),
        ["matches"] = new("Formatet er forkert.", "The format is wrong."),
    };

    // A code about something with a name is shown at the name.
    private static readonly string[] AboutTheName = ["MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE", "MESSAGE.ORGANIZATION-ALREADY-EXISTS"];

    public static string Of(Problem problem)
    {
        const string prefix = "MESSAGE.";
        if (problem.Message.StartsWith(prefix, StringComparison.Ordinal))
        {
            return Codes.TryGetValue(problem.Message[prefix.Length..], out var words) ? words : UnknownCode.With(problem.Message);
        }

        if (problem.Rule is not null && Rules.TryGetValue(problem.Rule, out var rule))
        {
            return rule.With(new string([.. problem.Message.SkipWhile(c => !char.IsAsciiDigit(c) && c != '-').TakeWhile(c => char.IsAsciiDigit(c) || c is '-' or '.')]));
        }

        return problem.Message.Length is > 0 and < 200 ? UnknownCode.With(problem.Message) : Unknown;
    }

    /// <summary>Puts each problem at its field, the first one of a field only; what has no field is shown above the form.</summary>
    /// <param name="state">Gets them.</param>
    /// <param name="problems">From the Api.</param>
    /// <param name="form">The name of the bound property.</param>
    /// <param name="fields">Names of the form's fields on the wire.</param>
    public static void AddTo(ModelStateDictionary state, IEnumerable<Problem> problems, string form, IReadOnlyCollection<string> fields)
    {
        foreach (var group in problems.GroupBy(p => AboutTheName.Contains(p.Message) ? "name" : p.Property).ToList())
        {
            var isField = group.Key is { } name && fields.Contains(name, StringComparer.OrdinalIgnoreCase);
            state.AddModelError(isField ? $"{form}.{char.ToUpperInvariant(group.Key![0])}{group.Key[1..]}" : "", Of(Most(group)));
        }
    }

    // An empty name breaks isString, minLength and maxLength at once; one sentence is enough.
    private static Problem Most(IEnumerable<Problem> problems) => problems.OrderBy(p => p.Rule is "isString" or "isNotBlank" ? 0 : 1).First();
}
