using System.Net;
using Microsoft.Extensions.Caching.Memory;
using OS2iot.Api.Http;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>
/// Slows down guessing: after some failures an account is closed to the address they came from for a while, and an address that
/// tries many accounts is closed altogether. Hashing a password is costly on purpose, so only a few are under way at a time.
/// </summary>
internal sealed class LoginThrottle(TimeProvider clock) : IDisposable
{
    public const int FailuresPerAccount = 10;

    public const int FailuresPerAddress = 100;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly MemoryCache _failures = new(new MemoryCacheOptions { SizeLimit = 50_000 });

    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>When another try is allowed; null when one is now.</summary>
    public TimeSpan? ClosedFor(string account, IPAddress? address)
    {
        var now = clock.GetUtcNow();
        var until = new[] { ClosedUntil(AccountKey(account, address), FailuresPerAccount), ClosedUntil(AddressKey(address), FailuresPerAddress) }.Max();
        return until > now ? until - now : null;
    }

    public void Failed(string account, IPAddress? address)
    {
        Count(AccountKey(account, address));
        Count(AddressKey(address));
    }

    public void Succeeded(string account, IPAddress? address) => _failures.Remove(AccountKey(account, address));

    /// <summary>Runs a costly check when its turn comes; null when too many are waiting.</summary>
    public async Task<T?> RunAsync<T>(Func<T> check, CancellationToken ct)
        where T : struct
    {
        if (!await _hashing.WaitAsync(MaxWait, ct))
        {
            return null;
        }

        try
        {
            return await Task.Run(check, ct);
        }
        finally
        {
            _hashing.Release();
        }
    }

    /// <summary>Hashes a new password when its turn comes.</summary>
    /// <exception cref="Refusal">Too many are waiting.</exception>
    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        string? hash = null;
        return await RunAsync(() => (hash = Passwords.Hash(password)) is not null, ct) is true ? hash! : throw Refusal.TooManyRequests(retryAfter: 5);
    }

    public void Dispose()
    {
        _failures.Dispose();
        _hashing.Dispose();
    }

    private static (string, IPAddress?) AccountKey(string account, IPAddress? address) =>
        (account.Length <= 254 ? account.ToUpperInvariant() : account[..254].ToUpperInvariant(), address);

    private static (string, IPAddress?) AddressKey(IPAddress? address) => ("\0", address);

    private DateTimeOffset? ClosedUntil((string, IPAddress?) key, int allowed) =>
        _failures.TryGetValue<Failures>(key, out var failures) && failures!.Count >= allowed ? failures.Since + Window : null;

    private void Count((string, IPAddress?) key)
    {
        var now = clock.GetUtcNow();
        if (!_failures.TryGetValue<Failures>(key, out var failures) || failures!.Since + Window <= now)
        {
            failures = new Failures(now);
            _failures.Set(key, failures, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Window });
        }

        failures.Add();
    }

    private sealed class Failures(DateTimeOffset since)
    {
        private int _count;

        public DateTimeOffset Since { get; } = since;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }
}
