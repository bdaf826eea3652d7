using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OS2iot.Core.DataTargets;
using OS2iot.Tests.DataTargets;

namespace OS2iot.Tests.Architecture;

/// <summary>What keeps the code as it was meant. Each message says what to do instead.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Hosts know Core and ServiceDefaults, Core knows only the decoder program's contract, and no host knows another.</summary>
    private static readonly Dictionary<string, string[]> References = new()
    {
        ["OS2iot.Core"] = ["OS2iot.Decoder"],
        ["OS2iot.Decoder"] = [],
        ["OS2iot.ServiceDefaults"] = [],
        ["OS2iot.LocalAspire"] = [],
        ["OS2iot.Ingest"] = ["OS2iot.Core", "OS2iot.ServiceDefaults"],
        ["OS2iot.Workers"] = ["OS2iot.Core", "OS2iot.ServiceDefaults"],
        ["OS2iot.Api"] = ["OS2iot.Core", "OS2iot.ServiceDefaults"],
        ["OS2iot.Portal"] = ["OS2iot.Core", "OS2iot.ServiceDefaults"],
        ["OS2iot.Simulator"] = ["OS2iot.Core", "OS2iot.ServiceDefaults"],
    };

    [Fact]
    public void Projects_ReferToThoseOfTheArchitecture()
    {
        foreach (var (project, allowed) in References)
        {
            var file = Path.Combine(Root(), project, project + ".csproj");
            var actual = XDocument.Load(file).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))
                .Where(name => name != project);

            var unwanted = actual.Except(allowed).ToList();
            Assert.True(
                unwanted.Count == 0,
                $"{project} refers to {string.Join(", ", unwanted)}. What two hosts share belongs to OS2iot.Core, in its feature's folder.");
        }
    }

    [Fact]
    public void Portal_HasNoDatabase()
    {
        var offenders = Sources("OS2iot.Portal").Where(s => s.Text.Contains("AppDbContext", StringComparison.Ordinal)
            || s.Text.Contains("NpgsqlDataSource", StringComparison.Ordinal));

        AssertNone(offenders, "asks the database. The portal talks to the Api only, so that each rule is kept in one place.");
    }

    [Fact]
    public void Time_ComesFromTimeProvider()
    {
        var offenders = HostSources().Where(s => SystemTime().IsMatch(s.Text));

        AssertNone(offenders, "reads the system's clock. Take a TimeProvider, so that tests can move time.");
    }

    [Fact]
    public void LogMessages_AreGenerated()
    {
        var offenders = HostSources().Where(s => PlainLogCall().IsMatch(s.Text));

        AssertNone(offenders, "logs by an extension method. Write a [LoggerMessage] partial method at the end of the class.");
    }

    [Fact]
    public void Sources_HaveNoRegionsAndNoUndatedDebts()
    {
        var offenders = HostSources().Where(s => s.Text.Contains("#region", StringComparison.Ordinal) || Debt().IsMatch(s.Text));

        AssertNone(offenders, "has a #region or a bare debt comment. Split the file, or do the work.");
    }

    [Fact]
    public void Types_HaveNamesThatSayWhatTheyAre()
    {
        var offenders = HostSources().Where(s => BannedName().IsMatch(Path.GetFileNameWithoutExtension(s.Path)));

        AssertNone(offenders, "has a name that could be anything's. Name it after what it does.");
    }

    [Fact]
    public void Options_AreCheckedWhenTheHostStarts()
    {
        var registrations = HostSources().SelectMany(s => OptionsRegistration().Matches(s.Text)
            .Where(m => !m.Value.Contains("ValidateOnStart", StringComparison.Ordinal) && m.Value.Contains("BindConfiguration", StringComparison.Ordinal))
            .Select(_ => s));

        AssertNone(registrations, "binds options without ValidateOnStart: a mistake in the configuration would show at the first message.");
    }

    [Fact]
    public void EachDataTargetType_HasItsContractTest()
    {
        var tested = typeof(ArchitectureTests).Assembly.GetTypes()
            .Where(t => !t.IsAbstract)
            .SelectMany(BasesOf)
            .Where(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(DataTargetSenderContract<>))
            .Select(t => t.GetGenericArguments()[0])
            .ToHashSet();

        Assert.All(DataTargetTypes.All.Where(t => !t.IsPublished), type => Assert.True(
            tested.Contains(type.SettingsType), $"{type.Name} has no test that inherits DataTargetSenderContract<{type.SettingsType.Name}>."));
    }

    private static IEnumerable<Type> BasesOf(Type type)
    {
        for (var above = type.BaseType; above is not null; above = above.BaseType)
        {
            yield return above;
        }
    }

    private static IEnumerable<(string Path, string Text)> HostSources() => References.Keys
        .Where(project => project is not ("OS2iot.LocalAspire" or "OS2iot.Decoder"))
        .SelectMany(Sources);

    private static IEnumerable<(string Path, string Text)> Sources(string project) => Directory
        .EnumerateFiles(Path.Combine(Root(), project), "*.cs", SearchOption.AllDirectories)
        .Where(path => !Generated().IsMatch(path))
        .Select(path => (Path.GetRelativePath(Root(), path), File.ReadAllText(path)));

    private static void AssertNone(IEnumerable<(string Path, string Text)> offenders, string what) =>
        Assert.True(!offenders.Any(), string.Join(Environment.NewLine, offenders.Select(o => $"{o.Path} {what}")));

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(thisFile, "../../../.."));

    [GeneratedRegex(@"[/\\](bin|obj|Migrations|node_modules)[/\\]")]
    private static partial Regex Generated();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Utc)?Now\b")]
    private static partial Regex SystemTime();

    [GeneratedRegex(@"\b_?logger\.Log(Trace|Debug|Information|Warning|Error|Critical)\(", RegexOptions.IgnoreCase)]
    private static partial Regex PlainLogCall();

    [GeneratedRegex(@"//\s*(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Debt();

    /// <summary>A tag helper is the framework's own word.</summary>
    [GeneratedRegex("(Manager|(?<!Tag)Helper|Utils?|Common|Impl|Dto)$")]
    private static partial Regex BannedName();

    [GeneratedRegex(@"AddOptions<[^>]+>\(\)[^;]*;", RegexOptions.Singleline)]
    private static partial Regex OptionsRegistration();
}
