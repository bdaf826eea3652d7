using System.Globalization;
using System.Text.Json;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// What Sigfox posts to us for each message of a device, by the template of our callback:
/// <code>
/// {"time":1700000000,"deviceTypeId":"5d8cdc8fea06bb6e41234567","deviceId":"1A2B3C","data":"0102ff","seqNumber":42,"ack":true,
///  "rssi":-113,"snr":12.5,"station":"0A1B"}
/// </code>
/// Members after <c>seqNumber</c> are optional, and others may be there.
/// </summary>
public sealed record SigfoxCallback
{
    private const double LastSecond = 253_402_300_799;

    public required string DeviceTypeId { get; init; }

    public required string DeviceId { get; init; }

    /// <summary>Sigfox's clock.</summary>
    public required DateTimeOffset SentAt { get; init; }

    public required double SequenceNumber { get; init; }

    /// <summary>The device listens for an answer now.</summary>
    public bool AsksForDownlink { get; init; }

    /// <summary>dBm.</summary>
    public double? Rssi { get; init; }

    /// <summary>dB.</summary>
    public double? Snr { get; init; }

    /// <summary>The same for each repetition of a message: Sigfox calls again when it got no answer in time.</summary>
    public string DeduplicationId => string.Create(
        CultureInfo.InvariantCulture, $"{DeviceId.ToUpperInvariant()}-{SentAt.ToUnixTimeMilliseconds()}-{SequenceNumber:R}");

    /// <summary>The sequence number where it is one.</summary>
    public long? FCnt => SequenceNumber is >= 0 and <= uint.MaxValue && Math.Floor(SequenceNumber) == SequenceNumber
        ? (long)SequenceNumber
        : null;

    /// <param name="device">Whose message it is, with its application and organization.</param>
    /// <param name="receivedAt">Our clock.</param>
    /// <param name="body">What was read.</param>
    /// <param name="isRecovered">It did not come by itself.</param>
    public UplinkReceived ToUplink(
        (int Id, int ApplicationId, int OrganizationId) device, DateTimeOffset receivedAt, ReadOnlyMemory<byte> body, bool isRecovered = false) => new()
    {
        MessageId = UplinkMessageId.Of(device.Id, DeduplicationId),
        DeviceId = device.Id,
        ApplicationId = device.ApplicationId,
        OrganizationId = device.OrganizationId,
        Network = DeviceType.Sigfox,
        ReceivedAt = receivedAt,
        SentAt = SentAt,
        DeduplicationId = DeduplicationId,
        FCnt = FCnt,
        Rssi = Rssi,
        Snr = Snr,
        IsRecovered = isRecovered,
        TraceParent = LogTracing.CurrentTraceParent,
        Payload = body,
    };

    /// <summary>What came with the message of who heard it and from where: told apart from the message, which may be known already.</summary>
    public SigfoxEvent ToReception(int deviceId, DateTimeOffset receivedAt, ReadOnlyMemory<byte> body) => new()
    {
        EventId = UplinkMessageId.Of(deviceId, "location-" + DeduplicationId),
        Kind = SigfoxCallbackKind.DataAdvanced,
        DeviceId = deviceId,
        ReceivedAt = receivedAt,
        SentAt = SentAt,
        DeduplicationId = DeduplicationId,
        Payload = body,
    };

    /// <param name="body">Valid JSON in valid UTF-8.</param>
    /// <param name="mistake">What is wrong with it, for whoever wrote the template; null when nothing is.</param>
    public static SigfoxCallback? Read(ReadOnlySpan<byte> body, out string? mistake)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            mistake = "The body must be a JSON object.";
            return null;
        }

        var members = default(Members);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.Read(ref reader);
        }

        mistake = members.Mistake();
        return mistake is not null ? null : new SigfoxCallback
        {
            DeviceTypeId = members.DeviceTypeId!,
            DeviceId = members.DeviceId!,
            SentAt = DateTimeOffset.FromUnixTimeMilliseconds((long)(members.Time!.Value * 1000)),
            SequenceNumber = members.SequenceNumber!.Value,
            AsksForDownlink = members.Ack,
            Rssi = members.Rssi ?? members.BestRssi,
            Snr = members.Snr ?? members.BestSnr,
        };
    }

    private struct Members
    {
        public string? DeviceTypeId;
        public string? DeviceId;
        public string? Data;
        public double? Time;
        public double? SequenceNumber;
        public bool Ack;
        public double? Rssi;
        public double? Snr;
        public double? BestRssi;
        public double? BestSnr;

        /// <summary>From the name to the end of the value.</summary>
        public void Read(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("deviceTypeId"u8))
            {
                DeviceTypeId = Text(ref reader);
            }
            else if (reader.ValueTextEquals("deviceId"u8))
            {
                DeviceId = Text(ref reader);
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                Data = Text(ref reader);
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                Time = Number(ref reader);
            }
            else if (reader.ValueTextEquals("seqNumber"u8))
            {
                SequenceNumber = Number(ref reader);
            }
            else if (reader.ValueTextEquals("ack"u8))
            {
                reader.Read();
                Ack = reader.TokenType == JsonTokenType.True
                    || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("true"u8));
                reader.Skip();
            }
            else if (reader.ValueTextEquals("rssi"u8))
            {
                Rssi = LenientNumber(ref reader);
            }
            else if (reader.ValueTextEquals("snr"u8))
            {
                Snr = LenientNumber(ref reader);
            }
            else if (reader.ValueTextEquals("duplicates"u8))
            {
                ReadReceptions(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        public readonly string? Mistake() =>
            DeviceTypeId is null ? "deviceTypeId must be a string"
            : DeviceId is null ? "deviceId must be a string"
            : Data is null ? "data must be a string"
            : Time is not (>= 0 and <= LastSecond) ? "time must be a number of seconds since 1970"
            : SequenceNumber is null ? "seqNumber must be a number"
            : null;

        private static string? Text(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                try
                {
                    return reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return null; // half of a pair is no text
                }
            }

            reader.Skip();
            return null;
        }

        private static double? Number(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number)
            {
                return reader.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
            }

            reader.Skip();
            return null;
        }

        // A message is worth more than its signal: what is no number is left out. Templates often quote these.
        private static double? LenientNumber(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                return !reader.HasValueSequence && !reader.ValueIsEscaped
                    && double.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var quoted)
                    && double.IsFinite(quoted)
                        ? quoted
                        : null;
            }

            if (reader.TokenType == JsonTokenType.Number)
            {
                return reader.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
            }

            reader.Skip();
            return null;
        }

        // One object for each base station that heard the message.
        private void ReadReceptions(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                return;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }

                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (reader.ValueTextEquals("rssi"u8))
                    {
                        BestRssi = Higher(BestRssi, LenientNumber(ref reader));
                    }
                    else if (reader.ValueTextEquals("snr"u8))
                    {
                        BestSnr = Higher(BestSnr, LenientNumber(ref reader));
                    }
                    else
                    {
                        reader.Read();
                        reader.Skip();
                    }
                }
            }
        }

        private static double? Higher(double? known, double? other) => known is null || other > known ? other ?? known : known;
    }
}
