using System.Text.Json;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// What Sigfox tells with a message half a minute later, as far as the contract goes:
/// <code>
/// {…,"lqi":"GOOD","linkQuality":"2","operatorName":"IoT Denmark","countryCode":"208",
///  "duplicates":[{"bsId":"0A1B","nbRep":3,"rssi":-113.0,"snr":9.5}],
///  "computedLocation":{"lat":56.15,"lng":10.2,"radius":2500,"source":2,"status":1}}
/// </code>
/// </summary>
public sealed record SigfoxMetadata
{
    private const int MostStations = 100;

    public double? Rssi { get; init; }

    public double? Snr { get; init; }

    public string? LinkQuality { get; init; }

    public string? OperatorName { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public double? Radius { get; init; }

    public int? StationCount { get; init; }

    /// <summary>JSON: a list of <see cref="SigfoxStation"/>.</summary>
    public string? Stations { get; init; }

    public static SigfoxMetadata Of(JsonElement json)
    {
        var stations = json.Member("duplicates") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(s => s.ValueKind == JsonValueKind.Object).Take(MostStations).ToList()
            : null;
        var place = json.Member("computedLocation") ?? default;
        var (latitude, longitude) = (SigfoxNotice.NumberIn(place, "lat"), SigfoxNotice.NumberIn(place, "lng"));

        // Zero in both is how Sigfox says that it computed none.
        var hasPlace = latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180 && (latitude, longitude) != (0, 0);
        return new SigfoxMetadata
        {
            Rssi = Best(stations, "rssi") ?? SigfoxNotice.NumberIn(json, "rssi"),
            Snr = Best(stations, "snr") ?? SigfoxNotice.NumberIn(json, "snr"),
            LinkQuality = SigfoxNotice.TextIn(json, "lqi"),
            OperatorName = SigfoxNotice.TextIn(json, "operatorName"),
            Latitude = hasPlace ? latitude : null,
            Longitude = hasPlace ? longitude : null,
            Radius = hasPlace ? SigfoxNotice.NumberIn(place, "radius") : null,
            StationCount = stations?.Count,
            Stations = stations is null ? null : JsonSerializer.Serialize(stations.Select(SigfoxStation.Of), JsonSerializerOptions.Web),
        };
    }

    private static double? Best(List<JsonElement>? stations, string name) => stations?.Max(s => SigfoxNotice.NumberIn(s, name));
}

/// <summary>A base station that heard a message.</summary>
/// <param name="BsId">Sigfox's id of it.</param>
/// <param name="NbRep">How many of the message's repetitions it heard.</param>
/// <param name="Rssi">dBm.</param>
/// <param name="Snr">dB.</param>
public sealed record SigfoxStation(string? BsId, double? NbRep, double? Rssi, double? Snr)
{
    private const int IdMaxLength = 32;

    // PostgreSQL keeps no zero character.
    internal static SigfoxStation Of(JsonElement json) => new(
        SigfoxNotice.TextIn(json, "bsId") is { Length: <= IdMaxLength } id && id.All(char.IsAsciiLetterOrDigit) ? id : null,
        SigfoxNotice.NumberIn(json, "nbRep"),
        SigfoxNotice.NumberIn(json, "rssi"),
        SigfoxNotice.NumberIn(json, "snr"));
}
