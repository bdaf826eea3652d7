using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OS2iot.Api.Documents;

/// <summary>What the comments in the source say, read from the file that the compiler writes beside the assembly.</summary>
internal static partial class Comments
{
    private static readonly Lazy<FrozenDictionary<string, XElement>> Members = new(Load);

    /// <summary>A type's summary; empty where there is none.</summary>
    public static string Of(Type type) => Text(Find("T:" + NameOf(type))?.Element("summary"));

    /// <summary>A member's summary, or what its type says of the constructor's parameter of that name.</summary>
    public static string Of(MemberInfo member)
    {
        var owner = NameOf(member.DeclaringType!);
        var own = Text(Find($"P:{owner}.{member.Name}")?.Element("summary"));
        return own.Length > 0
            ? own
            : Text(Find("T:" + owner)?.Elements("param").FirstOrDefault(p => string.Equals(p.Attribute("name")?.Value, member.Name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Up to the first full stop that ends a sentence.</summary>
    public static string FirstSentence(string text) => SentenceEnd().Match(text) is { Success: true } end ? text[..(end.Index + 1)] : text;

    private static XElement? Find(string name) => Members.Value.GetValueOrDefault(name);

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static FrozenDictionary<string, XElement> Load()
    {
        var file = Path.Combine(AppContext.BaseDirectory, typeof(Comments).Assembly.GetName().Name + ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToFrozenDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal)
            : FrozenDictionary<string, XElement>.Empty;
    }

    private static string Text(XElement? element)
    {
        var text = new StringBuilder();
        foreach (var node in element?.Nodes() ?? [])
        {
            text.Append(node switch
            {
                XText words => words.Value,
                XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } target => MemberName(target.Value),
                XElement { Name.LocalName: "paramref" } parameter => parameter.Attribute("name")?.Value,
                XElement { Name.LocalName: "code" } => "",
                XElement other => other.Value,
                _ => "",
            });
        }

        return Space().Replace(text.ToString(), " ").Trim();
    }

    // Readers know members by their names on the wire.
    private static string MemberName(string target)
    {
        var name = target[(target.LastIndexOf('.') + 1)..];
        return target.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.CamelCase.ConvertName(name) : name;
    }

    [GeneratedRegex(@"\.(?=\s+[A-ZÆØÅ])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
