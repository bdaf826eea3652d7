using System.Text.Json;

namespace OS2iot.Core.Sigfox;

/// <summary>Sigfox did not do what it was asked. The message is for people and holds nothing secret.</summary>
public sealed class SigfoxException(SigfoxFailure failure, string message) : Exception(message)
{
    public SigfoxFailure Failure { get; } = failure;

    /// <summary>What Sigfox found wrong, one object each with field and message; of <see cref="SigfoxFailure.Refused"/>.</summary>
    public IReadOnlyList<JsonElement> Errors { get; init; } = [];

    /// <summary>When Sigfox may be asked again; of <see cref="SigfoxFailure.TooManyRequests"/>.</summary>
    public TimeSpan RetryAfter { get; init; }
}

public enum SigfoxFailure
{
    /// <summary>Unknown user, or wrong password.</summary>
    BadLogin,

    /// <summary>What was sent is not as Sigfox wants it.</summary>
    Refused,

    /// <summary>There is no such thing, or not for this user.</summary>
    NotFound,

    TooManyRequests,

    /// <summary>No answer, or that it can't answer now.</summary>
    Unavailable,

    /// <summary>An answer that nobody would expect.</summary>
    Unexpected,
}
