using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Messages;

/// <summary>A station that heard a message.</summary>
/// <param name="GatewayId">The network's id of the station.</param>
/// <param name="Rssi">dBm.</param>
/// <param name="Snr">dB.</param>
/// <param name="ReceivedAt">By the station's clock, where it has a good one.</param>
internal sealed record ReceptionResponse(string? GatewayId, double? Rssi, double? Snr, DateTimeOffset? ReceivedAt);

/// <summary>Finds in a message as it was received who heard it. Only networks of radio stations tell.</summary>
internal static class Receptions
{
    private const int Most = 100;

    public static IReadOnlyList<ReceptionResponse> Of(DeviceType network, ReadOnlyMemory<byte> payload)
    {
        var (list, station) = network switch
        {
            DeviceType.LoRaWan => ("rxInfo", "gatewayId"),
            DeviceType.Sigfox => ("duplicates", "bsId"),
            _ => (null, ""),
        };
        if (list is null)
        {
            return [];
        }

        try
        {
            using var message = JsonDocument.Parse(payload);
            return message.RootElement.ValueKind == JsonValueKind.Object && message.RootElement.TryGetProperty(list, out var receptions)
                && receptions.ValueKind == JsonValueKind.Array
                ? [.. receptions.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.Object).Take(Most).Select(r => Read(r, station))]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static ReceptionResponse Read(JsonElement reception, string station) => new(
        reception.TryGetProperty(station, out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null,
        Number(reception, "rssi"),

        // Zero is not written by ChirpStack.
        Number(reception, "snr") ?? (reception.TryGetProperty("rssi", out _) && station == "gatewayId" ? 0 : null),
        reception.TryGetProperty("gwTime", out var time) ? WireTime.Parse(time) : null);

    private static double? Number(JsonElement reception, string name) =>
        reception.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : null;
}
