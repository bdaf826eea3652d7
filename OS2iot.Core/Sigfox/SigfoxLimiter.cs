using System.Threading.RateLimiting;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// Keeps each login at Sigfox under the number of calls that Sigfox allows, and silent while Sigfox asked for a pause. Pauses are known to
/// every process that shares <see cref="SigfoxPauses"/>.
/// </summary>
internal sealed class SigfoxLimiter : IDisposable
{
    /// <summary>Pauses that are remembered; of more, some are forgotten, and those logins would be asked again.</summary>
    private const int MaxPauses = 10_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>After so long without a refusal the next one counts as the first.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(10);

    private readonly PartitionedRateLimiter<string> _rates;
    private readonly MemoryCache _pauses;
    private readonly MemoryCache _refusals;
    private readonly SigfoxOptions _options;
    private readonly SigfoxPauses? _shared;
    private readonly TimeProvider _clock;

    public SigfoxLimiter(IOptions<SigfoxOptions> options, TimeProvider clock, SigfoxPauses? shared = null)
    {
        (_options, _clock, _shared) = (options.Value, clock, shared);
        _pauses = new MemoryCache(new MemoryCacheOptions { SizeLimit = MaxPauses });
        _refusals = new MemoryCache(new MemoryCacheOptions { SizeLimit = MaxPauses });
        var rate = new TokenBucketRateLimiterOptions
        {
            TokenLimit = _options.Burst,
            TokensPerPeriod = _options.CallsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = _options.Waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        _rates = PartitionedRateLimiter.Create<string, string>(login => RateLimitPartition.GetTokenBucketLimiter(login, _ => rate));
    }

    /// <summary>Returns when it is this login's turn.</summary>
    /// <param name="login">Whose call it is.</param>
    /// <param name="scope">Of calls that Sigfox limits by themselves; empty for all others.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="SigfoxException">Sigfox wants no such calls of this login now, or too many wait already.</exception>
    public async Task WaitAsync(SigfoxLogin login, string scope, CancellationToken ct)
    {
        var pause = await PauseOfAsync(login.Fingerprint, ct);
        if (scope.Length > 0 && await PauseOfAsync(KeyOf(login, scope), ct) is var ofScope && ofScope > pause)
        {
            pause = ofScope;
        }

        if (pause > TimeSpan.Zero)
        {
            throw TooMany(pause);
        }

        using var turn = await _rates.AcquireAsync(login.Fingerprint, 1, ct);
        if (!turn.IsAcquired)
        {
            throw TooMany(_options.FirstPause);
        }
    }

    /// <summary>Sigfox refused a call because there were too many.</summary>
    /// <param name="login">Whose call it was.</param>
    /// <param name="scope">As given to <see cref="WaitAsync"/>.</param>
    /// <param name="asked">How long Sigfox asked for; null where it did not say: then longer each time.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<SigfoxException> PauseAsync(SigfoxLogin login, string scope, TimeSpan? asked, CancellationToken ct)
    {
        var key = KeyOf(login, scope);
        var refusals = _refusals.TryGetValue(key, out int before) ? before + 1 : 1;
        Remember(_refusals, key, refusals, Calm);
        var pause = asked ?? BackOff(refusals);
        pause = pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause > LongestPause ? LongestPause : pause;
        var until = _clock.GetUtcNow() + pause;
        Remember(_pauses, key, until, LongestPause);
        if (_shared is not null)
        {
            await _shared.NoteAsync(key, until, ct);
        }

        return TooMany(pause);
    }

    /// <summary>Sigfox took a call.</summary>
    public void Succeeded(SigfoxLogin login, string scope) => _refusals.Remove(KeyOf(login, scope));

    public void Dispose()
    {
        _rates.Dispose();
        _pauses.Dispose();
        _refusals.Dispose();
    }

    private async Task<TimeSpan> PauseOfAsync(string key, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        if (_pauses.TryGetValue(key, out DateTimeOffset until) && until > now)
        {
            return until - now;
        }

        return _shared is not null && await _shared.FindAsync(key, ct) is { } others && others > now ? others - now : TimeSpan.Zero;
    }

    private TimeSpan BackOff(int refusals)
    {
        var pause = _options.FirstPause * Math.Pow(2, Math.Min(refusals - 1, 10));
        return pause < _options.LongestBackOff ? pause : _options.LongestBackOff;
    }

    private static void Remember<T>(MemoryCache cache, string key, T value, TimeSpan atMost) =>
        cache.Set(key, value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = atMost });

    private static string KeyOf(SigfoxLogin login, string scope) => scope.Length == 0 ? login.Fingerprint : $"{login.Fingerprint} {scope}";

    private static SigfoxException TooMany(TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds));
        return new SigfoxException(SigfoxFailure.TooManyRequests, $"SigFox requests are limited. Try again in {seconds} seconds.")
        {
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };
    }
}
