using System.Diagnostics.CodeAnalysis;

namespace OS2iot.Core.DataTargets;

/// <summary>Settings that name addresses to connect to, so that these can be judged when the settings are saved.</summary>
public interface IHasDestinations
{
    /// <summary>Leaves out what is no address.</summary>
    IEnumerable<Uri> Destinations { get; }
}

/// <summary>An address whose scheme is one of these.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemesAttribute(params string[] schemes) : Attribute
{
    public IReadOnlyList<string> Schemes { get; } = schemes;
}

internal static class Destinations
{
    public static IEnumerable<Uri> Of(params string?[] addresses)
    {
        foreach (var address in addresses)
        {
            if (TryParse(address, out var url))
            {
                yield return url;
            }
        }
    }

    private static bool TryParse(string? address, [NotNullWhen(true)] out Uri? url) => Uri.TryCreate(address, UriKind.Absolute, out url);
}
