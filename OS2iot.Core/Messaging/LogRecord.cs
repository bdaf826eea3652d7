namespace OS2iot.Core.Messaging;

/// <summary>One record of a topic: the bytes as they came, and what the pipeline needs to know about them in headers.</summary>
public sealed class LogRecord
{
    /// <summary>Records with the same key are read in the order they were appended.</summary>
    public required string Key { get; init; }

    /// <summary>Never re-serialized on its way.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Names are those of <see cref="LogHeaders"/>; a name occurs once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public string? Header(string name)
    {
        foreach (var header in Headers)
        {
            if (string.Equals(header.Key, name, StringComparison.Ordinal))
            {
                return header.Value;
            }
        }

        return null;
    }
}
