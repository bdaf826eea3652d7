namespace OS2iot.Portal.Components;

/// <summary>A line of two texts laid beside each other.</summary>
/// <param name="Mark">Minus: only in the first; plus: only in the second; a space: in both.</param>
/// <param name="Text">The line.</param>
internal sealed record DiffLine(char Mark, string Text);

/// <summary>Which lines two texts share, and which only one of them has.</summary>
internal static class LineDiff
{
    // Longer middles are told as replaced as a whole: the table would grow with the product of their lines.
    private const int MostCells = 2_000_000;

    public static IReadOnlyList<DiffLine> Between(string before, string after)
    {
        var (old, now) = (before.ReplaceLineEndings("\n").Split('\n'), after.ReplaceLineEndings("\n").Split('\n'));
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Length - start && end < now.Length - start && old[^(end + 1)] == now[^(end + 1)])
        {
            end++;
        }

        return
        [
            .. old[..start].Select(line => new DiffLine(' ', line)),
            .. Middle(old[start..^end], now[start..^end]),
            .. old[^end..].Select(line => new DiffLine(' ', line)),
        ];
    }

    private static List<DiffLine> Middle(string[] old, string[] now)
    {
        if ((long)old.Length * now.Length > MostCells)
        {
            return [.. old.Select(line => new DiffLine('-', line)), .. now.Select(line => new DiffLine('+', line))];
        }

        // Length of the longest common part of what follows each pair of lines.
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<DiffLine>();
        var (a, b) = (0, 0);
        while (a < old.Length || b < now.Length)
        {
            if (a < old.Length && b < now.Length && old[a] == now[b])
            {
                lines.Add(new DiffLine(' ', old[a++]));
                b++;
            }
            else if (b == now.Length || (a < old.Length && common[a + 1, b] >= common[a, b + 1]))
            {
                lines.Add(new DiffLine('-', old[a++]));
            }
            else
            {
                lines.Add(new DiffLine('+', now[b++]));
            }
        }

        return lines;
    }
}
