namespace OS2iot.Core.Sync;

/// <summary>Where an outside system is not as our database says. What is listed is repaired.</summary>
public sealed class SyncDrift
{
    /// <summary>Ours, and not there.</summary>
    public List<SyncedKey> Missing { get; } = [];

    /// <summary>There, made by us, and no longer ours. What others made is none of our business.</summary>
    public List<SyncedKey> Extra { get; } = [];

    public List<SyncedKey> Different { get; } = [];
}
