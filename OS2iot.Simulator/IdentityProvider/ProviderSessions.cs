using System.Collections.Concurrent;

namespace OS2iot.Simulator.IdentityProvider;

/// <summary>A sign-in that holds until somebody ends it.</summary>
internal sealed record ProviderSession(string Sid, string ClientId, string Subject);

/// <summary>Where a client wants to be told of the end of sessions.</summary>
/// <param name="BackChannelLogoutUri">Posted to with a logout token.</param>
internal sealed record ProviderClient(Uri? BackChannelLogoutUri);

/// <summary>Who is signed in where, which codes were used, and what goes wrong next.</summary>
internal sealed class ProviderSessions
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, ProviderSession> _sessions = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, bool> _usedCodes = new(StringComparer.Ordinal);

    private TokenFault _nextFault;

    public ConcurrentDictionary<string, ProviderClient> Clients { get; } = new(StringComparer.Ordinal);

    public ICollection<ProviderSession> All => _sessions.Values;

    /// <summary>What is wrong with the next token; those after it are in order again.</summary>
    public TokenFault NextFault
    {
        get => _nextFault;
        set => _nextFault = value;
    }

    public TokenFault TakeFault() => Interlocked.Exchange(ref _nextFault, TokenFault.None);

    public string Begin(string clientId, string subject)
    {
        if (_sessions.Count > Capacity)
        {
            _sessions.Clear();
        }

        var session = new ProviderSession(Guid.NewGuid().ToString("N"), clientId, subject);
        _sessions[session.Sid] = session;
        return session.Sid;
    }

    public ProviderSession? End(string? sid) => sid is not null && _sessions.TryRemove(sid, out var session) ? session : null;

    /// <summary>False when the code was exchanged before.</summary>
    public bool Use(string code)
    {
        if (_usedCodes.Count > Capacity)
        {
            _usedCodes.Clear();
        }

        return _usedCodes.TryAdd(code, true);
    }
}
