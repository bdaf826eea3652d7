namespace OS2iot.Ingest.Mqtt;

/// <summary>Lets something be said once per name and minute, of a bounded number of names.</summary>
internal sealed class OncePerMinute(TimeProvider clock)
{
    private const int MaxNames = 1_000;

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private long _roundBegan;

    public bool IsTimeFor(string name)
    {
        lock (_gate)
        {
            if (_roundBegan == 0 || clock.GetElapsedTime(_roundBegan) >= Round)
            {
                _roundBegan = clock.GetTimestamp();
                _said.Clear();
            }

            return _said.Count < MaxNames && _said.Add(name);
        }
    }

    /// <summary>A name that others chose, fit for a log line.</summary>
    public static string Printable(string name)
    {
        const int longest = 200;
        var cut = name.Length > longest ? name[..longest] : name;
        return cut.Any(char.IsControl) ? string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c)) : cut;
    }
}
