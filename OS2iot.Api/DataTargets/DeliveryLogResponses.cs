using System.Security.Cryptography;

namespace OS2iot.Api.DataTargets;

/// <summary>A row by id and name, where more would be too much.</summary>
internal sealed record NamedRow(int Id, string Name);

/// <summary>One try to deliver a message.</summary>
/// <param name="MessageId">The message, by the id that it has everywhere.</param>
/// <param name="ReceivedAt">When the message was received.</param>
/// <param name="AttemptedAt">When it was tried.</param>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="Status">OK or ERROR.</param>
/// <param name="Outcome">delivered, retryLater, refused or gone.</param>
/// <param name="StatusCode">What the target answered, where its protocol has a code for it.</param>
/// <param name="DurationMs">How long the try took.</param>
/// <param name="Error">Why it failed; null when delivered.</param>
/// <param name="ConnectionId">The connection by which the message goes there.</param>
/// <param name="IotDevice">Null when the device is gone.</param>
/// <param name="PayloadDecoder">Null where the payload goes as it came, or when the decoder is gone.</param>
internal sealed record DeliveryLogEntry(
    Guid MessageId,
    DateTimeOffset ReceivedAt,
    DateTimeOffset AttemptedAt,
    int Attempt,
    string Status,
    string Outcome,
    int? StatusCode,
    int DurationMs,
    string? Error,
    int ConnectionId,
    NamedRow? IotDevice,
    NamedRow? PayloadDecoder);

/// <summary>One try to deliver a message, in the form of OS2IoT.</summary>
/// <param name="Id">A number made of the try; the same each time it is shown.</param>
/// <param name="CreatedAt">When it was tried.</param>
/// <param name="UpdatedAt">The same.</param>
/// <param name="Type">OK or ERROR.</param>
/// <param name="StatusCode">What the target answered, where its protocol has a code for it.</param>
/// <param name="Message">Why it failed; null when delivered.</param>
/// <param name="IotDevice">Null when the device is gone.</param>
/// <param name="PayloadDecoder">Null where the payload goes as it came, or when the decoder is gone.</param>
internal sealed record DataTargetLogRow(
    int Id,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string Type,
    int? StatusCode,
    string? Message,
    NamedRow? IotDevice,
    NamedRow? PayloadDecoder)
{
    public static DataTargetLogRow From(DeliveryLogEntry entry) => new(
        NumberOf(entry), entry.AttemptedAt, entry.AttemptedAt, entry.Status, entry.StatusCode, entry.Error, entry.IotDevice, entry.PayloadDecoder);

    // Tries have no number in the database; what is unique about one, folded, serves to tell rows apart.
    private static int NumberOf(DeliveryLogEntry entry)
    {
        Span<byte> key = stackalloc byte[28];
        entry.MessageId.TryWriteBytes(key);
        BitConverter.TryWriteBytes(key[16..], entry.ConnectionId);
        BitConverter.TryWriteBytes(key[20..], entry.AttemptedAt.UtcTicks);
        return BitConverter.ToInt32(SHA256.HashData(key)) & int.MaxValue;
    }
}
