using OS2iot.Core.DataTargets;

namespace OS2iot.Workers.Delivery;

/// <summary>When a failed delivery is tried again: ten tries in about three days.</summary>
internal static class DeliverySchedule
{
    /// <summary>The waits after the first, second … ninth try.</summary>
    private static readonly TimeSpan[] UsualWaits =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    private static readonly TimeSpan LongestRequestedWait = TimeSpan.FromHours(24);

    /// <summary>Up to so much of a wait is added, so that what failed together does not come again together.</summary>
    private const double Jitter = 0.2;

    /// <param name="attempts">Tries made, the one that just failed included.</param>
    /// <param name="result">How it failed; a time that the target asked for is honoured up to a day.</param>
    /// <param name="now">UTC.</param>
    /// <param name="waits">In place of the usual ones.</param>
    /// <returns>Null when the schedule is exhausted, or another try can't end otherwise.</returns>
    public static DateTimeOffset? NextAttempt(int attempts, DeliveryResult result, DateTimeOffset now, TimeSpan[]? waits = null)
    {
        waits ??= UsualWaits;
        if (attempts > waits.Length || result.IsFinal)
        {
            return null;
        }

        var wait = waits[Math.Max(attempts, 1) - 1];
        var next = now + wait + (wait * (Jitter * Random.Shared.NextDouble()));
        var asked = result.NotBefore is { } notBefore && notBefore > now + LongestRequestedWait ? now + LongestRequestedWait : result.NotBefore;
        return asked > next ? asked : next;
    }
}
