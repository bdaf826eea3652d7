using System.Text;
using System.Xml.Linq;

namespace OS2iot.Simulator.IdentityProvider;

/// <summary>Somebody who can sign in at the simulated identity provider, with what KOMBIT Adgangsstyring tells of people.</summary>
/// <param name="Login">By which the user is chosen on the sign-in page.</param>
/// <param name="Subject">Stays the same for ever.</param>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Cvr">The municipality's number in the register of companies.</param>
/// <param name="Privileges">Roles, each for one municipality.</param>
internal sealed record TownUser(string Login, string Subject, string GivenName, string FamilyName, string Cvr, params (string Cvr, string Role)[] Privileges)
{
    public const string Role = "http://os2iot.dk/roles/usersystemrole/adgang/";

    public const string Skovby = "11111111";

    public const string Havnestad = "22222222";

    private const string ForeignRole = "http://another-system.dk/roles/usersystemrole/adgang/";

    private static readonly XNamespace Profile = "http://itst.dk/oiosaml/basic_privilege_profile";

    /// <summary>One of each kind that a sign-in has to cope with.</summary>
    public static readonly IReadOnlyList<TownUser> All =
    [
        new("anna", "6f0f5f0e-3f6c-4c62-8f0e-1d0f1ab00001", "Anna", "Ågård", Skovby, (Skovby, Role)),
        new("bo", "6f0f5f0e-3f6c-4c62-8f0e-1d0f1ab00002", "Bo", "Bøgh", Havnestad, (Havnestad, ForeignRole), (Havnestad, Role), (Skovby, Role)),
        new("eva", "6f0f5f0e-3f6c-4c62-8f0e-1d0f1ab00003", "Eva", "Uden Rolle", Skovby, (Skovby, ForeignRole)),
        new("ole", "6f0f5f0e-3f6c-4c62-8f0e-1d0f1ab00004", "Ole", "Uden Rettigheder", Skovby),
    ];

    public string Name => $"{GivenName} {FamilyName}";

    public string Email => $"{Login}@skovby.example";

    /// <summary>As the SAML sign-in named the same person.</summary>
    public string NameId => $"C=DK,O={Cvr},CN={Name},Serial={Subject}";

    /// <summary>In the basic privilege profile of OIOSAML, as base64; null for somebody without any.</summary>
    public string? PrivilegesIntermediate => Privileges.Length == 0
        ? null
        : Convert.ToBase64String(Encoding.UTF8.GetBytes(new XElement(
            Profile + "PrivilegeList",
            new XAttribute(XNamespace.Xmlns + "bpp", Profile),
            Privileges.GroupBy(p => p.Cvr).Select(group => new XElement(
                "PrivilegeGroup",
                new XAttribute("Scope", $"urn:dk:gov:saml:cvrNumberIdentifier:{group.Key}"),
                group.Select(p => new XElement("Privilege", p.Role))))).ToString(SaveOptions.DisableFormatting)));
}
