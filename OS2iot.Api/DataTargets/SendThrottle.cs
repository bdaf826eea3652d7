using Microsoft.Extensions.Caching.Memory;

namespace OS2iot.Api.DataTargets;

/// <summary>Keeps one caller from making us send to somebody again and again: so many times in a while, then no more for its rest.</summary>
internal sealed class SendThrottle(TimeProvider clock) : IDisposable
{
    public const int Allowed = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly MemoryCache _callers = new(new MemoryCacheOptions { SizeLimit = 50_000 });

    /// <summary>Counts one more; says how long to wait when that is too many.</summary>
    public TimeSpan? ClosedFor(int userId)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!_callers.TryGetValue<Sends>(userId, out var sends) || sends!.Since + Window <= now)
            {
                sends = new Sends(now);
                _callers.Set(userId, sends, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Window });
            }

            sends.Count++;
            return sends.Count > Allowed ? sends.Since + Window - now : null;
        }
    }

    public void Dispose() => _callers.Dispose();

    private sealed class Sends(DateTimeOffset since)
    {
        public DateTimeOffset Since => since;

        public int Count { get; set; }
    }
}
