using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace OS2iot.Simulator.Tokens;

/// <summary>Access tokens that were given out and still hold.</summary>
internal sealed class IssuedTokens(TimeProvider clock)
{
    public const int LifetimeSeconds = 300;

    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);

    public string Issue()
    {
        if (_tokens.Count > Capacity)
        {
            _tokens.Clear();
        }

        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _tokens[token] = clock.GetUtcNow().AddSeconds(LifetimeSeconds);
        return token;
    }

    /// <param name="authorization">The value of the header.</param>
    public bool Has(string authorization) =>
        authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.TryGetValue(authorization["Bearer ".Length..], out var until)
        && clock.GetUtcNow() < until;

    public void Revoke() => _tokens.Clear();
}
