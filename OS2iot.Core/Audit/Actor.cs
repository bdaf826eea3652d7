using System.Net;

namespace OS2iot.Core.Audit;

/// <summary>On whose behalf the present request runs. Follows it into whatever it starts; without one the product acts by itself.</summary>
public sealed record Actor
{
    private static readonly AsyncLocal<Actor?> Flowing = new();

    private readonly IPAddress? _address;

    public static Actor? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>A user, or the system user behind an API key.</summary>
    public int? UserId { get; init; }

    /// <summary>Only where it is not that of the user: a name that was tried.</summary>
    public string? UserName { get; init; }

    /// <summary>The caller's, not the reverse proxy's.</summary>
    public IPAddress? Address
    {
        get => _address;
        init => _address = value is { IsIPv4MappedToIPv6: true } ? value.MapToIPv4() : value;
    }
}
