namespace OS2iot.Core.Messaging;

/// <summary>How long a batch rests after its handler failed.</summary>
internal static class LogBackOff
{
    /// <param name="failures">Failures of the same batch before this one.</param>
    /// <param name="options">Tells the first and the longest wait.</param>
    public static TimeSpan After(int failures, LogOptions options)
    {
        var wait = options.FirstBackOff * Math.Pow(2, Math.Min(failures, 20));
        wait = wait < options.LongestBackOff ? wait : options.LongestBackOff;

        // A quarter either way, so that what failed together does not come back together.
        return wait * (0.75 + (Random.Shared.NextDouble() / 2));
    }
}
