namespace Aspire.Hosting.Engine;

internal static class EnvironmentNames
{
    /// <summary><c>my-api</c> → <c>MY_API</c></summary>
    public static string From(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
