using System.Security.Claims;
using OS2iot.Core.Organizations;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Kombit;

/// <summary>What the claims of an identity provider say, in our words.</summary>
internal sealed record ExternalIdentity(string Issuer, string Subject, string? Sid, string Name)
{
    private const int MaxSidLength = 200;

    /// <summary>Offered to the user, not believed.</summary>
    public string? Email { get; private init; }

    public string? NameId { get; private init; }

    public bool HasRole { get; private init; }

    public bool HasAssurance { get; private init; }

    /// <summary>Municipalities for which the user has the role, or at least works.</summary>
    public IReadOnlyList<string> Cvrs { get; private init; } = [];

    /// <exception cref="FormatException">A privilege list is none.</exception>
    public static ExternalIdentity Read(ClaimsIdentity claims, OidcOptions options)
    {
        var privileges = options.EffectiveRoleClaims.SelectMany(claims.FindAll).SelectMany(c => Privileges.Read(c.Value)).ToList();
        var ours = options.RequiredRole.Length == 0 ? privileges : [.. privileges.Where(p => string.Equals(p.Role, options.RequiredRole, StringComparison.Ordinal))];
        var scoped = ours.Select(p => p.Cvr).OfType<string>().Distinct().ToList();
        var employer = Value(claims, options.CvrClaim);
        return new ExternalIdentity(Value(claims, "iss")!, Value(claims, "sub")!, Short(Value(claims, "sid")), NameOf(claims, options))
        {
            Email = Value(claims, options.EmailClaim),
            NameId = options.NameIdClaim is { Length: > 0 } nameId ? Value(claims, nameId) : null,
            HasRole = options.RequiredRole.Length == 0 || ours.Count > 0,
            HasAssurance = options.MinimumAssurance is not { } minimum || options.EffectiveAssuranceClaims.Any(c => LevelOf(Value(claims, c)) >= minimum),
            Cvrs = scoped.Count > 0 ? scoped : employer is null ? [] : [employer],
        };
    }

    private static string NameOf(ClaimsIdentity claims, OidcOptions options)
    {
        var name = options.EffectiveNameClaims.Select(c => Value(claims, c)).FirstOrDefault(n => n is not null)
            ?? $"{Value(claims, "given_name")} {Value(claims, "family_name")}".Trim();
        name = string.Concat(name.Where(c => !char.IsControl(c))).Trim();
        return name.Length == 0 ? "?" : name.Length <= User.NameMaxLength ? name : name[..User.NameMaxLength];
    }

    private static AssuranceLevel? LevelOf(string? value) => Enum.GetValues<AssuranceLevel>()
        .Where(level => value?.EndsWith(level.ToString(), StringComparison.OrdinalIgnoreCase) == true).Cast<AssuranceLevel?>().FirstOrDefault();

    private static string? Value(ClaimsIdentity claims, string type) => claims.FindFirst(type)?.Value is { Length: > 0 } value ? value : null;

    // One that is too long for the column would be cut and then be another's.
    private static string? Short(string? sid) => sid is { Length: <= MaxSidLength } ? sid : null;
}
