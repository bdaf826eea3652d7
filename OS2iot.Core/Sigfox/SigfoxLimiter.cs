using System.Threading.RateLimiting;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace OS2iot.Core.Sigfox;

/// <summary>Keeps each login at Sigfox under the number of calls that Sigfox allows, and silent while Sigfox asked for a pause.</summary>
internal sealed class SigfoxLimiter : IDisposable
{
    /// <summary>Logins that were asked to pause; more are forgotten, and would be asked again.</summary>
    private const int MaxPauses = 1_000;

    private readonly PartitionedRateLimiter<string> _rates;
    private readonly MemoryCache _pauses = new(new MemoryCacheOptions { SizeLimit = MaxPauses });
    private readonly TimeProvider _clock;

    public SigfoxLimiter(IOptions<SigfoxOptions> options, TimeProvider clock)
    {
        _clock = clock;
        var rate = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.Burst,
            TokensPerPeriod = options.Value.CallsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = options.Value.Waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        _rates = PartitionedRateLimiter.Create<string, string>(login => RateLimitPartition.GetTokenBucketLimiter(login, _ => rate));
    }

    /// <summary>Returns when it is this login's turn.</summary>
    /// <exception cref="SigfoxException">Sigfox wants no calls of this login now, or too many wait already.</exception>
    public async Task WaitAsync(SigfoxLogin login, CancellationToken ct)
    {
        if (_pauses.TryGetValue(login.Fingerprint, out DateTimeOffset until) && until > _clock.GetUtcNow())
        {
            throw TooMany(until - _clock.GetUtcNow());
        }

        using var turn = await _rates.AcquireAsync(login.Fingerprint, 1, ct);
        if (!turn.IsAcquired)
        {
            throw TooMany(TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>Sigfox asked this login to be silent for a while.</summary>
    public SigfoxException Pause(SigfoxLogin login, TimeSpan pause)
    {
        _pauses.Set(
            login.Fingerprint,
            _clock.GetUtcNow() + pause,
            new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = pause });
        return TooMany(pause);
    }

    public void Dispose()
    {
        _rates.Dispose();
        _pauses.Dispose();
    }

    public static SigfoxException TooMany(TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds));
        return new SigfoxException(SigfoxFailure.TooManyRequests, $"SigFox requests are limited. Try again in {seconds} seconds.")
        {
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };
    }
}
