using System.Globalization;
using System.Text.Json;

namespace OS2iot.Core.ChirpStack;

/// <summary>
/// What we need to know of an event that ChirpStack publishes below <c>application/…/event/</c>, such as
/// <code>
/// {"deduplicationId":"…","time":"2026-01-31T08:00:00.1Z","deviceInfo":{"devEui":"0102030405060708",…},"dr":5,"fCnt":17,"fPort":2,
///  "data":"AQI=","rxInfo":[{"gatewayId":"00aa…","rssi":-71,"snr":9.5,…}],"txInfo":{"frequency":868100000,"modulation":{"lora":{…}}}}
/// </code>
/// Of what gateways told, members that are zero are left out.
/// </summary>
public sealed record ChirpStackEvent
{
    /// <summary>More gateways don't hear one frame, except for somebody who makes it up.</summary>
    private const int MaxReceptions = 100;

    private const int DeduplicationIdMaxLength = 200;

    /// <summary>16 lower-case hex digits.</summary>
    public required string DevEui { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>The network's clock.</summary>
    public DateTimeOffset? SentAt { get; init; }

    public int? FPort { get; init; }

    public long? FCnt { get; init; }

    /// <summary>Data rate.</summary>
    public int? Dr { get; init; }

    public int? SpreadingFactor { get; init; }

    /// <summary>Hz.</summary>
    public long? Frequency { get; init; }

    public IReadOnlyList<ChirpStackReception> Receptions { get; init; } = [];

    /// <summary>dBm, the strongest.</summary>
    public double? Rssi => Receptions.Max(r => (double?)r.Rssi);

    /// <summary>dB, the clearest.</summary>
    public double? Snr => Receptions.Max(r => (double?)r.Snr);

    /// <returns>Null where it is no event of ChirpStack's.</returns>
    public static ChirpStackEvent? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>Null where it is no EUI-64.</returns>
    public static string? EuiOf(string? text) =>
        text is { Length: 16 } && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;

    private static ChirpStackEvent? Read(JsonElement root)
    {
        if (EuiOf(Text(Member(Member(root, "deviceInfo"), "devEui"))) is not { } devEui)
        {
            return null;
        }

        var transmitted = Member(root, "txInfo");
        return new ChirpStackEvent
        {
            DevEui = devEui,
            DeduplicationId = Text(Member(root, "deduplicationId")) is { Length: > 0 and <= DeduplicationIdMaxLength } id ? id : null,
            SentAt = TimeOf(Member(root, "time")),
            FPort = (int?)Whole(Member(root, "fPort"), byte.MaxValue),
            FCnt = Whole(Member(root, "fCnt"), uint.MaxValue),
            Dr = (int?)Whole(Member(root, "dr"), byte.MaxValue),
            Frequency = Whole(Member(transmitted, "frequency"), uint.MaxValue),
            SpreadingFactor = (int?)Whole(Member(Member(Member(transmitted, "modulation"), "lora"), "spreadingFactor"), byte.MaxValue),
            Receptions = Member(root, "rxInfo") is { ValueKind: JsonValueKind.Array } list
                ? [.. list.EnumerateArray().Take(MaxReceptions).Select(ReceptionOf).OfType<ChirpStackReception>().DistinctBy(r => r.GatewayId)]
                : [],
        };
    }

    private static ChirpStackReception? ReceptionOf(JsonElement reception) => EuiOf(Text(Member(reception, "gatewayId"))) is { } gateway
        ? new ChirpStackReception(gateway, Number(Member(reception, "rssi")) ?? 0, Number(Member(reception, "snr")) ?? 0)
        : null;

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static double? Number(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var read) && double.IsFinite(read) ? read : null;

    private static long? Whole(JsonElement? value, long most) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var read) && read >= 0 && read <= most ? read : null;

    private static DateTimeOffset? TimeOf(JsonElement? value) => DateTimeOffset.TryParse(
        Text(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}

/// <param name="GatewayId">16 lower-case hex digits.</param>
/// <param name="Rssi">dBm.</param>
/// <param name="Snr">dB.</param>
public sealed record ChirpStackReception(string GatewayId, double Rssi, double Snr);
