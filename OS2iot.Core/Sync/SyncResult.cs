namespace OS2iot.Core.Sync;

/// <summary>What became of a change at an outside system.</summary>
/// <param name="Outcome">What kind of end it was.</param>
/// <param name="Error">Why it was not applied, for people; never with a secret in it.</param>
public readonly record struct SyncResult(SyncOutcome Outcome, string? Error = null)
{
    public static SyncResult Applied => new(SyncOutcome.Applied);

    /// <summary>The system understood and said no: trying again as it is would change nothing.</summary>
    public static SyncResult Refused(string error) => new(SyncOutcome.Refused, error);

    /// <summary>Not now, for a reason of this change alone: tried again later, and the others go on.</summary>
    public static SyncResult Later(string error) => new(SyncOutcome.Later, error);

    /// <summary>The system is away or unwell: nothing of it is tried for a while, and nothing is lost.</summary>
    public static SyncResult Unreachable(string error) => new(SyncOutcome.Unreachable, error);
}

public enum SyncOutcome
{
    Applied,
    Refused,
    Later,
    Unreachable,
}
