using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using OS2iot.Core.Uplinks;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// What Sigfox posts to us that is no message: battery and temperature, what became of a downlink, trouble.
/// <code>
/// {"time":1700000000,"deviceTypeId":"5d8cdc8fea06bb6e41234567","deviceId":"1A2B3C","seqNumber":42,"battery":"2.9","temperature":"21.5"}
/// {"time":1700000000,"deviceTypeId":"5d8cdc8fea06bb6e41234567","deviceId":"1A2B3C","infoCode":"0","infoMessage":"Acked","downlinkAck":"true"}
/// {"time":1700000000,"deviceTypeId":"5d8cdc8fea06bb6e41234567","deviceId":"1A2B3C","severity":"ERROR","info":"No message received since …"}
/// </code>
/// </summary>
public sealed record SigfoxNotice
{
    private const double LastSecond = 253_402_300_799;

    public required string DeviceTypeId { get; init; }

    public required string DeviceId { get; init; }

    /// <summary>Sigfox's clock.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <param name="body">Valid JSON in valid UTF-8.</param>
    /// <param name="mistake">What is wrong with it, for whoever wrote the template; null when nothing is.</param>
    public static SigfoxNotice? Read(ReadOnlyMemory<byte> body, out string? mistake)
    {
        using var document = JsonDocument.Parse(body);
        var json = document.RootElement;
        var time = NumberIn(json, "time");
        mistake = json.ValueKind != JsonValueKind.Object ? "The body must be a JSON object."
            : TextIn(json, "deviceTypeId") is null ? "deviceTypeId must be a string"
            : TextIn(json, "deviceId") is null ? "deviceId must be a string"
            : time is not (>= 0 and <= LastSecond) ? "time must be a number of seconds since 1970"
            : null;
        return mistake is not null ? null : new SigfoxNotice
        {
            DeviceTypeId = TextIn(json, "deviceTypeId")!,
            DeviceId = TextIn(json, "deviceId")!,
            SentAt = DateTimeOffset.FromUnixTimeMilliseconds((long)(time!.Value * 1000)),
        };
    }

    /// <param name="kind">What it is.</param>
    /// <param name="deviceId">Ours.</param>
    /// <param name="receivedAt">Our clock.</param>
    /// <param name="body">What was read.</param>
    public SigfoxEvent ToEvent(SigfoxCallbackKind kind, int deviceId, DateTimeOffset receivedAt, ReadOnlyMemory<byte> body)
    {
        // Of one device there may be two of one second; a repeat has the same body.
        var id = string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}-{DeviceId.ToUpperInvariant()}-{SentAt.ToUnixTimeMilliseconds()}-{Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, 6))}");
        return new SigfoxEvent
        {
            EventId = UplinkMessageId.Of(deviceId, id),
            Kind = kind,
            DeviceId = deviceId,
            ReceivedAt = receivedAt,
            SentAt = SentAt,
            DeduplicationId = id,
            Payload = body,
        };
    }

    /// <summary>A number, quoted or not: variables that a contract lacks are quoted in our templates.</summary>
    public static double? NumberIn(JsonElement json, string name) => json.Member(name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var value) && double.IsFinite(value) => value,
        { ValueKind: JsonValueKind.String }
            when double.TryParse(TextIn(json, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) => value,
        _ => null,
    };

    /// <returns>Null where there is no text, or an empty one, or half of a pair.</returns>
    public static string? TextIn(JsonElement json, string name)
    {
        try
        {
            return json.Text(name) is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
