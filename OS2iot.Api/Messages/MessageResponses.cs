using OS2iot.Api.Http;

namespace OS2iot.Api.Messages;

/// <summary>A message of a device with all that became of it. It is recovered where the network could not deliver it, and was asked for it later.</summary>
internal sealed record MessageResponse(
    Guid Id,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? SentAt,
    string Network,
    RawJson Raw,
    double? Rssi,
    double? Snr,
    int? FPort,
    long? FCnt,
    bool IsRecovered,
    IReadOnlyList<ReceptionResponse> Receptions,
    IReadOnlyList<DecodedResponse> Decoded,
    IReadOnlyList<DeliveryResponse> Deliveries);

/// <summary>
/// What one decoder made of it: a payload, or why there is none. The script that ran is at
/// <c>payload-decoder/:payloadDecoderId/versions/:version</c>.
/// </summary>
internal sealed record DecodedResponse(
    int PayloadDecoderId, string? PayloadDecoderName, int Version, RawJson? Payload, string? Error, DateTimeOffset DecodedAt);

/// <summary>What became of it at one target.</summary>
/// <param name="DataTargetId">The target.</param>
/// <param name="DataTargetName">Null when the target is gone.</param>
/// <param name="ConnectionId">The connection by which it goes there.</param>
/// <param name="Attempts">In the order they were made.</param>
/// <param name="State">delivered, pending or dead.</param>
/// <param name="NextAttemptAt">Only while pending.</param>
internal sealed record DeliveryResponse(
    int DataTargetId,
    string? DataTargetName,
    int ConnectionId,
    IReadOnlyList<AttemptResponse> Attempts,
    string State,
    DateTimeOffset? NextAttemptAt);

internal sealed record AttemptResponse(
    int Attempt, DateTimeOffset AttemptedAt, int DurationMs, string Outcome, int? StatusCode, string? Error);

/// <param name="Data">Newest first.</param>
/// <param name="Next">What to send as <c>before</c> for the page that follows; null on the last one.</param>
internal sealed record MessagePage(IReadOnlyList<MessageResponse> Data, string? Next);
