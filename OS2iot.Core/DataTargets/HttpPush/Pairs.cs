namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>Names and values that a user typed, each pair on a line of its own.</summary>
internal static class Pairs
{
    private const int Most = 50;

    /// <returns>False where a line is no pair.</returns>
    public static bool TryRead(string? text, char separator, out List<KeyValuePair<string, string>> pairs)
    {
        pairs = [];
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = line.IndexOf(separator, StringComparison.Ordinal);
            if (at < 1 || pairs.Count == Most)
            {
                return false;
            }

            pairs.Add(KeyValuePair.Create(line[..at].Trim(), line[(at + 1)..].Trim()));
        }

        return true;
    }
}
