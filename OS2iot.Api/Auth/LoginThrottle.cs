using System.Net;
using System.Net.Sockets;
using Npgsql;
using OS2iot.Api.Http;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.Auth;

/// <summary>
/// Slows down guessing: after some failures an account is closed to the address they came from for a while, after many it is closed to
/// everybody, and an address that tries many accounts is closed altogether. All instances count together. Hashing a password is costly on
/// purpose, so only a few are under way at a time.
/// </summary>
internal sealed class LoginThrottle(NpgsqlDataSource database, LookupHash hash, TimeProvider clock) : IDisposable
{
    public const int FailuresPerAccount = 10;

    /// <summary>From all addresses together: NIST SP 800-63B allows a hundred.</summary>
    public const int FailuresPerAccountEverywhere = 100;

    public const int FailuresPerAddress = 100;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private const int LongestAccount = 254;

    /// <summary>Of an IPv6 address.</summary>
    private const int NetworkBytes = 8;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>When another try is allowed; null when one is now.</summary>
    public async Task<TimeSpan?> ClosedForAsync(string account, IPAddress? address, CancellationToken ct)
    {
        var keys = Keys(account, address);
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(
            """
            SELECT max(f.since) FROM login_failures f JOIN unnest($1, $2) AS k (key, allowed) ON k.key = f.key
            WHERE f.count >= k.allowed AND f.since > $3
            """);
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. keys.Select(k => k.Key)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. keys.Select(k => k.Allowed)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now - Window });
        return await command.ExecuteScalarAsync(ct) is DateTime since ? new DateTimeOffset(since, TimeSpan.Zero) + Window - now : null;
    }

    public async Task FailedAsync(string account, IPAddress? address, CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        // In one order, or two instances could wait for each other.
        await using var command = database.CreateCommand(
            """
            WITH old AS (DELETE FROM login_failures WHERE key IN
                (SELECT key FROM login_failures WHERE since < $2 AND key <> ALL($1) ORDER BY key LIMIT 100 FOR UPDATE SKIP LOCKED))
            INSERT INTO login_failures AS f (key, count, since) SELECT k, 1, $3 FROM unnest($1) AS k ORDER BY k
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN f.since <= $2 THEN 1 ELSE f.count + 1 END,
                since = CASE WHEN f.since <= $2 THEN $3 ELSE f.since END
            """);
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. Keys(account, address).Select(k => k.Key)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now - Window });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task SucceededAsync(string account, IPAddress? address, CancellationToken ct)
    {
        await using var command = database.CreateCommand("DELETE FROM login_failures WHERE key = $1");
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Keys(account, address)[0].Key });
        await command.ExecuteNonQueryAsync(ct);
    }

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

    /// <summary>Asks somebody who is signed in for the password once more.</summary>
    /// <exception cref="Refusal">It is wrong, or was wrong too often.</exception>
    public async Task CheckAsync(string account, string password, string passwordHash, IPAddress? address, CancellationToken ct)
    {
        if (await ClosedForAsync(account, address, ct) is { } closed)
        {
            throw Refusal.TooManyRequests((int)Math.Ceiling(closed.TotalSeconds));
        }

        var isRight = await RunAsync(() => Passwords.Verify(password, passwordHash), ct) ?? throw Refusal.TooManyRequests(retryAfter: 5);
        if (!isRight)
        {
            await FailedAsync(account, address, ct);
            throw Refusal.BadRequest(ErrorCodes.PasswordWrong);
        }
    }

    /// <summary>Hashes a new password when its turn comes.</summary>
    /// <exception cref="Refusal">Too many are waiting.</exception>
    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        string? hashed = null;
        return await RunAsync(() => (hashed = Passwords.Hash(password)) is not null, ct) is true ? hashed! : throw Refusal.TooManyRequests(retryAfter: 5);
    }

    public void Dispose() => _hashing.Dispose();

    private (byte[] Key, int Allowed)[] Keys(string account, IPAddress? address)
    {
        var name = (account.Length <= LongestAccount ? account : account[..LongestAccount]).ToUpperInvariant();
        var place = PlaceOf(address);
        return
        [
            (hash.Of($"login account {name} from {place}"), FailuresPerAccount),
            (hash.Of($"login account {name}"), FailuresPerAccountEverywhere),
            (hash.Of($"login address {place}"), FailuresPerAddress),
        ];
    }

    // With IPv6 everybody has a network of addresses, so that counts as one.
    private static string PlaceOf(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            return $"{(address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)}";
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/{NetworkBytes * 8}";
    }
}
