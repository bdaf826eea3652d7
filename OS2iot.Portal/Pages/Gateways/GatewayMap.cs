using System.Globalization;

namespace OS2iot.Portal.Pages.Gateways;

/// <summary>
/// Where gateways are to each other, drawn by the server. There are no tiles below: a browser would have to ask somebody else for them,
/// who would learn where a municipality's equipment is.
/// </summary>
internal sealed class GatewayMap
{
    public const int Width = 960;

    public const int Height = 420;

    private const int Margin = 60;

    private const double KilometresPerDegree = 111.32;

    private static readonly double[] Lengths = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

    private GatewayMap(IReadOnlyList<GatewayPin> pins, double kilometresPerPixel)
    {
        Pins = pins;
        Kilometres = Lengths.LastOrDefault(l => l / kilometresPerPixel <= Width / 5.0, Lengths[0]);
        ScaleLength = Text(Kilometres / kilometresPerPixel);
    }

    public IReadOnlyList<GatewayPin> Pins { get; }

    /// <summary>What the scale's line stands for.</summary>
    public double Kilometres { get; }

    public string ScaleLength { get; }

    public int Online => Pins.Count(p => p.IsOnline);

    /// <returns>Null where no gateway has a place.</returns>
    public static GatewayMap? Of(IEnumerable<Gateway> gateways, IReadOnlySet<string> online)
    {
        var placed = gateways.Where(g => g.Location is { Latitude: not 0 } or { Longitude: not 0 }).ToList();
        if (placed.Count == 0)
        {
            return null;
        }

        var (south, north) = (placed.Min(g => g.Location!.Latitude), placed.Max(g => g.Location!.Latitude));
        var (west, east) = (placed.Min(g => g.Location!.Longitude), placed.Max(g => g.Location!.Longitude));
        var (middleLatitude, middleLongitude) = ((south + north) / 2, (west + east) / 2);
        var squeeze = Math.Max(Math.Cos(middleLatitude * Math.PI / 180), 0.01);
        var perPixel = Math.Max(
            Math.Max((east - west) * squeeze / (Width - (2 * Margin)), (north - south) / (Height - (2 * Margin))), 0.5 / KilometresPerDegree / Width);
        return new GatewayMap(
            [.. placed.Select(g => new GatewayPin(
                g, online.Contains(g.GatewayId),
                Text((Width / 2.0) + ((g.Location!.Longitude - middleLongitude) * squeeze / perPixel)),
                Text((Height / 2.0) - ((g.Location.Latitude - middleLatitude) / perPixel))))],
            perPixel * KilometresPerDegree);
    }

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}

internal sealed record GatewayPin(Gateway Gateway, bool IsOnline, string X, string Y);
