using System.Buffers.Text;
using System.Text;
using System.Xml;

namespace OS2iot.Core.SignIn;

/// <summary>One role of a person.</summary>
/// <param name="Role">A URI as a rule.</param>
/// <param name="Cvr">The municipality it is for; null where it says none.</param>
public sealed record Privilege(string Role, string? Cvr);

/// <summary>
/// Reads the privilege list of OIOSAML's basic profile, which KOMBIT Adgangsstyring sends: XML as base64. It comes from outside, so it is
/// small, has no document type and refers to nothing.
/// </summary>
public static class Privileges
{
    private const int MaxCharacters = 256 * 1024;

    private const int MaxPrivileges = 2_000;

    private const int CvrLength = 8;

    private const string Group = "PrivilegeGroup";

    /// <summary>The privileges of a claim, whatever form it has: a privilege list, or a role as it stands.</summary>
    /// <exception cref="FormatException">It looks like a privilege list and is none.</exception>
    public static IReadOnlyList<Privilege> Read(string claim)
    {
        if (claim.Length > MaxCharacters)
        {
            throw new FormatException("The privilege list is too long.");
        }

        if (claim.StartsWith('<'))
        {
            return ReadXml(claim);
        }

        return Decoded(claim) is { } xml ? ReadXml(xml) : [new Privilege(claim.Trim(), null)];
    }

    // A role may happen to be base64 of something; only what begins as XML is meant as such.
    private static string? Decoded(string claim)
    {
        var compact = string.Concat(claim.Where(c => !char.IsWhiteSpace(c)));
        if (compact.Length < 4 || !Base64.IsValid(compact))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Convert.FromBase64String(compact)).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return text.StartsWith('<') ? text : null;
    }

    private static List<Privilege> ReadXml(string xml)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxCharacters,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        };
        var privileges = new List<Privilege>();
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), settings);
            var first = 0; // of the group
            string? cvr = null;
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, LocalName: Group })
                {
                    (first, cvr) = (privileges.Count, CvrOf(reader.GetAttribute("Scope")));
                }
                else if (reader is { NodeType: XmlNodeType.EndElement, LocalName: Group })
                {
                    // Now, because constraints may stand behind the privileges.
                    for (var i = first; i < privileges.Count; i++)
                    {
                        privileges[i] = privileges[i] with { Cvr = cvr };
                    }

                    (first, cvr) = (privileges.Count, null);
                }
                else if (reader is { NodeType: XmlNodeType.Element, LocalName: "Constraint", IsEmptyElement: false })
                {
                    // Of the data within a municipality there are others; they are the organization's own business here.
                    cvr = CvrOf($"{reader.GetAttribute("Name")}:{TextOf(reader)}") ?? cvr;
                }
                else if (reader is { NodeType: XmlNodeType.Element, LocalName: "Privilege", IsEmptyElement: false })
                {
                    privileges.Add(new Privilege(TextOf(reader), null));
                    if (privileges.Count > MaxPrivileges)
                    {
                        throw new FormatException("The privilege list has too many privileges.");
                    }
                }
            }
        }
        catch (XmlException exception)
        {
            throw new FormatException("The privilege list is no XML that may be read.", exception);
        }

        return privileges;
    }

    // Stops on the element's end, so that the loop goes on with what comes after it.
    private static string TextOf(XmlReader reader)
    {
        var text = new StringBuilder();
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace))
            {
                throw new FormatException("A privilege or constraint holds something else than text.");
            }

            text.Append(reader.Value);
        }

        return text.ToString().Trim();
    }

    private static string? CvrOf(string? scope)
    {
        var number = scope?[(scope.LastIndexOf(':') + 1)..];
        return scope?.Contains("cvr", StringComparison.OrdinalIgnoreCase) == true && number is { Length: CvrLength } && number.All(char.IsAsciiDigit) ? number : null;
    }
}
