using System.Text.Encodings.Web;
using System.Text.Json;

namespace OS2iot.Portal.Pages.Devices;

internal sealed record MessagePage(IReadOnlyList<Message> Data, string? Next);

/// <summary>A message and all that became of it.</summary>
internal sealed record Message(
    Guid Id,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? SentAt,
    string Network,
    JsonElement Raw,
    double? Rssi,
    double? Snr,
    bool IsRecovered,
    IReadOnlyList<Decoded> Decoded,
    IReadOnlyList<MessageDelivery> Deliveries)
{
    private const int MostShown = 20_000;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Razor encodes it for HTML
    };

    /// <summary>For eyes: indented, and cut where nobody reads on.</summary>
    public static string Pretty(JsonElement json)
    {
        var text = json.ValueKind == JsonValueKind.Undefined ? "" : JsonSerializer.Serialize(json, Indented);
        return text.Length > MostShown ? text[..MostShown] + "\n…" : text;
    }
}

/// <summary>What one decoder made of it: a payload, or why there is none.</summary>
internal sealed record Decoded(int PayloadDecoderId, string? PayloadDecoderName, int Version, JsonElement? Payload, string? Error, DateTimeOffset DecodedAt);

/// <summary>What became of it at one target: delivered, pending or dead.</summary>
internal sealed record MessageDelivery(
    int DataTargetId, string? DataTargetName, int ConnectionId, IReadOnlyList<DeliveryTry> Attempts, string State, DateTimeOffset? NextAttemptAt);

internal sealed record DeliveryTry(int Attempt, DateTimeOffset AttemptedAt, int DurationMs, string Outcome, int? StatusCode, string? Error);
