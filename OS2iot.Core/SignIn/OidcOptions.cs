using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.SignIn;

/// <summary>
/// The identity provider, and what its claims mean to us. The same section for Portal, which sends people there, and Api, which judges
/// what they bring back. Without an authority there is none.
/// </summary>
public sealed class OidcOptions : IValidatableObject
{
    public const string Section = "Oidc";

    /// <summary>Such as <c>https://login.example.dk/realms/kommune</c>; discovery is below it.</summary>
    public Uri? Authority { get; set; }

    /// <summary>Also the audience of identity tokens.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Nobody but those who send people to the provider needs it.</summary>
    public string? ClientSecret { get; set; }

    public IList<string> Scopes { get; } = [];

    /// <summary>What people read on the button that leads there.</summary>
    public string DisplayName { get; set; } = "KOMBIT";

    /// <summary>Nobody comes in without it: compared whole, never as a part of another. Empty where the provider itself keeps others out.</summary>
    public string RequiredRole { get; set; } = "http://os2iot.dk/roles/usersystemrole/adgang/";

    /// <summary>Claims that hold roles: KOMBIT's privilege list (XML as base64), or the roles themselves.</summary>
    public IList<string> RoleClaims { get; } = [];

    /// <summary>Claims that hold a whole name; without any, given and family name are put together.</summary>
    public IList<string> NameClaims { get; } = [];

    /// <summary>Offered to the user as the e-mail to leave.</summary>
    public string EmailClaim { get; set; } = "email";

    /// <summary>The municipality's number in the register of companies.</summary>
    public string CvrClaim { get; set; } = "cvr";

    /// <summary>
    /// Holds the name by which a former SAML sign-in knew the user. Set it only where the provider itself vouches for the claim: it gives
    /// the account to whoever brings it first.
    /// </summary>
    public string? NameIdClaim { get; set; }

    /// <summary>Claims that hold the level of assurance; looked at where a minimum is set.</summary>
    public IList<string> AssuranceClaims { get; } = [];

    /// <summary>Low, Substantial or High; null for any.</summary>
    public AssuranceLevel? MinimumAssurance { get; set; }

    /// <summary>Ids of organizations by CVR number, to propose to newcomers.</summary>
    public IDictionary<string, int> Organizations { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>How far the provider's clock may be from ours.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "Oidc:ClockSkew must be at most five minutes.")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>For each call to the provider.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "Oidc:Timeout must be between a second and a minute.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public bool IsSetUp => Authority is not null;

    /// <summary>The defaults where nothing is set: a list in the settings adds to what is there, so there must be nothing.</summary>
    public IEnumerable<string> EffectiveScopes => Or(Scopes, "openid", "profile", "email");

    public IEnumerable<string> EffectiveRoleClaims => Or(RoleClaims, "privileges_intermediate", "privilege", "roles", "groups");

    public IEnumerable<string> EffectiveNameClaims => Or(NameClaims, "name");

    public IEnumerable<string> EffectiveAssuranceClaims => Or(AssuranceClaims, "loa", "acr");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsSetUp)
        {
            yield break;
        }

        if (Authority is not { IsAbsoluteUri: true } || (Authority.Scheme != Uri.UriSchemeHttps && !Authority.IsLoopback))
        {
            yield return new ValidationResult("Oidc:Authority must be an https address.");
        }

        if (ClientId.Length == 0)
        {
            yield return new ValidationResult("Set Oidc:ClientId to what the identity provider calls this installation.");
        }
    }

    private static IEnumerable<string> Or(IList<string> set, params string[] otherwise) => set.Count > 0 ? set : otherwise;
}

/// <summary>Of NSIS, in rising order.</summary>
public enum AssuranceLevel
{
    Low = 1,
    Substantial = 2,
    High = 3,
}
