using System.Reflection;
using System.Text.RegularExpressions;
using OS2iot.Portal.Components;
using OS2iot.Portal.Language;

namespace OS2iot.Tests.Portal;

public sealed partial class TextTests
{
    private static readonly (string Name, Text Text)[] All =
    [
        .. typeof(Text).Assembly.GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => f.FieldType == typeof(Text))
            .Select(f => ($"{f.DeclaringType!.Name}.{f.Name}", (Text)f.GetValue(null)!)),
        .. ProblemTexts.Codes.Select(c => ("code " + c.Key, c.Value)),
        .. ProblemTexts.Rules.Select(r => ("rule " + r.Key, r.Value)),
    ];

    [Fact]
    public void Texts_WhenCompared_AreFilledInBothLanguagesWithTheSamePlaces()
    {
        Assert.True(All.Length > 150);
        Assert.All(All, text =>
        {
            Assert.False(string.IsNullOrWhiteSpace(text.Text.Danish), text.Name);
            Assert.False(string.IsNullOrWhiteSpace(text.Text.English), text.Name);
            Assert.Equal(Places(text.Text.Danish), Places(text.Text.English));
            Assert.DoesNotMatch("[æøåÆØÅ]", text.Text.English);
        });
    }

    [Fact]
    public void Texts_WhenSearchedInThePages_AreTheOnlyWords()
    {
        foreach (var file in Directory.EnumerateFiles(PagesFolder(), "*.cshtml", SearchOption.AllDirectories))
        {
            // What is left between tags when Razor's own parts are taken out.
            var left = Literal().Matches(RazorParts().Replace(File.ReadAllText(file), " ")).Select(m => m.Groups[1].Value.Trim())
                .Where(t => t is not ("" or "OS2iot" or "Dansk" or "English" or "Auto" or "dBm"));
            Assert.True(!left.Any(), $"{file}: {string.Join(" | ", left)}");
        }
    }

    private static string Places(string text) => string.Join(',', Place().Matches(text).Select(m => m.Value).Order());

    private static string PagesFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OS2iot.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The solution's folder was not found.");
        }

        return Path.Combine(folder.FullName, "OS2iot.Portal", "Pages");
    }

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"@\{.*?^\}|@(using|model|inject|page|addTagHelper|namespace).*?$|@?\([^()]*(\([^()]*\)[^()]*)*\)|@[\w.]+(\[[^\]]*\])?|^\s*(else|case|default|break|var|switch).*?$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex RazorParts();

    [GeneratedRegex(@">\s*([A-Za-zÆØÅæøå][A-Za-zÆØÅæøå ,.]{3,})\s*<")]
    private static partial Regex Literal();
}
