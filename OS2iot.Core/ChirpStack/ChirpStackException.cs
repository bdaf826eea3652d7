namespace OS2iot.Core.ChirpStack;

/// <summary>ChirpStack did not do what it was asked. The message is for people and holds nothing secret.</summary>
public sealed class ChirpStackException(ChirpStackFailure failure, string message) : Exception(message)
{
    public ChirpStackFailure Failure { get; } = failure;

    /// <summary>It may do the same another time: nobody made a mistake that a person who waits has to hear of.</summary>
    public bool IsTemporary => Failure is ChirpStackFailure.Unavailable or ChirpStackFailure.BadKey;

    /// <summary>What ChirpStack itself said, without our words; empty where it said nothing.</summary>
    public string Words { get; init; } = "";
}

public enum ChirpStackFailure
{
    /// <summary>What was sent is not as ChirpStack wants it.</summary>
    Refused,

    AlreadyExists,

    NotFound,

    /// <summary>The API key is unknown there, or may not do that. The operator's business, not the user's.</summary>
    BadKey,

    /// <summary>No answer in time, or that it can't do it now.</summary>
    Unavailable,

    /// <summary>This version of ChirpStack can't do it.</summary>
    Unsupported,
}
