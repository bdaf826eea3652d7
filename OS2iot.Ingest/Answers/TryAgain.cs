using System.Globalization;

namespace OS2iot.Ingest.Answers;

/// <summary>
/// The answer while messages can't be taken: 503, and when to come back. The log hears of it now and then; otherwise every device
/// would have its own line, and its own stack trace.
/// </summary>
internal sealed partial class TryAgain(TimeProvider clock, ILogger<TryAgain> logger)
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromSeconds(10);

    private static readonly Answer NotStored = new(
        StatusCodes.Status503ServiceUnavailable, "The message could not be stored. Send it again later.", "Service Unavailable");

    private long _warnedAt;
    private int _notTaken;

    public Task WriteAsync(HttpContext context, Exception cause, TimeSpan retryAfter)
    {
        Warn(cause);
        context.Response.Headers.RetryAfter = ((int)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return NotStored.WriteAsync(context);
    }

    private void Warn(Exception cause)
    {
        Interlocked.Increment(ref _notTaken);
        var last = Volatile.Read(ref _warnedAt);
        var now = clock.GetTimestamp();
        if ((last == 0 || clock.GetElapsedTime(last, now) > BetweenWarnings) && Interlocked.CompareExchange(ref _warnedAt, now, last) == last)
        {
            LogNotTaken(cause, Interlocked.Exchange(ref _notTaken, 0));
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} messages were not taken, their senders were asked to try again")]
    private partial void LogNotTaken(Exception exception, int count);
}
