using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace OS2iot.Tests.Architecture;

/// <summary>
/// The audit log learns of changes from the database context. What writes past it must tell by itself, and is listed here with
/// the reason why nobody misses the line.
/// </summary>
public sealed partial class AuditedWritesTests
{
    /// <summary>Files of the Api that write past the context, how often, and who tells the log.</summary>
    private static readonly Dictionary<string, (int Times, string Because)> Allowed = new()
    {
        ["DataTargets/DataTargetSwitch.cs"] = (3, "changes only what the pipeline writes; the target that its callers save has its line"),
        ["Deliveries/DeliveryQueue.cs"] = (2, "changes only what the pipeline writes; its callers write a RESEND line in the same transaction"),
        ["Auth/ApiKeyAuthentication.cs"] = (1, "notes when a key was last used, which nobody asked for"),
        ["Auth/Login.cs"] = (1, "writes a LOGIN line in the same transaction"),
        ["Auth/Sessions.cs"] = (3, "its callers write a LOGIN or LOGOUT line; renewing changes nothing"),
        ["Auth/LoginThrottle.cs"] = (3, "counts failures, each of which has a line"),
        ["Auth/OneTimeCodes.cs"] = (2, "takes a code for a sign-in, which has a line"),
        ["Auth/PasswordResetMails.cs"] = (1, "removes what holds no more"),
        ["Account/Passwords.cs"] = (2, "takes the token; the change has a line in the same transaction"),
        ["Kombit/ExternalSignIn.cs"] = (3, "remembers a token for a sign-in or a logout, which has a line"),
    };

    [Fact]
    public void Api_WhereItWritesPastTheContext_TellsTheAuditLog()
    {
        var found = Directory.EnumerateFiles(Root(), "*.cs", SearchOption.AllDirectories)
            .Where(path => !Generated().IsMatch(path))
            .Select(path => (Path: Path.GetRelativePath(Root(), path).Replace('\\', '/'), Times: PastTheContext().Count(File.ReadAllText(path))))
            .Where(f => f.Times > 0)
            .ToDictionary(f => f.Path, f => f.Times);

        var wrong = found.Where(f => !Allowed.TryGetValue(f.Key, out var allowed) || allowed.Times != f.Value).Select(f => $"{f.Key} ({f.Value})").ToList();
        Assert.True(
            wrong.Count == 0,
            "Change tracked entities and call SaveChangesAsync, which tells the audit log; or call WriteAuditAsync in the same transaction and add "
            + $"a line here that says so: {string.Join(", ", wrong)}");
        Assert.Empty(Allowed.Keys.Except(found.Keys));
    }

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(thisFile, "../../../../OS2iot.Api"));

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex Generated();

    [GeneratedRegex(@"\.(ExecuteDelete|ExecuteUpdate|ExecuteSql)\w*\(|\b(INSERT INTO|DELETE FROM|UPDATE \w+ SET|UPDATE \w+ \w+ SET|COPY \w+)\b|\.BeginBinaryImport")]
    private static partial Regex PastTheContext();
}
