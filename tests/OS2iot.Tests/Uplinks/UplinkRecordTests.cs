using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;

namespace OS2iot.Tests.Uplinks;

public sealed class UplinkRecordTests
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 11, 23, 12, 34, 56, TimeSpan.Zero).AddTicks(1234560);

    [Fact]
    public void From_OfTheRecordOfAnUplink_IsTheUplink()
    {
        var uplink = new UplinkReceived
        {
            MessageId = Guid.CreateVersion7(),
            DeviceId = 7,
            ApplicationId = 8,
            OrganizationId = 9,
            Network = DeviceType.LoRaWan,
            ReceivedAt = At,
            SentAt = At.AddSeconds(-3),
            DeduplicationId = "æøå \"quoted\"",
            FPort = 2,
            FCnt = 4_000_000_000,
            Rssi = -113.5,
            Snr = 0,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Payload = "{\"a\":1}"u8.ToArray(),
        };

        var record = uplink.ToRecord();

        Assert.Equal("7", record.Key);
        Assert.Equal(uplink, UplinkReceived.From(record));
    }

    [Fact]
    public void From_OfTheRecordOfADecodedUplink_IsTheDecodedUplink()
    {
        var decoded = new UplinkDecoded
        {
            MessageId = Guid.CreateVersion7(),
            DeviceId = 7,
            ApplicationId = 8,
            OrganizationId = 9,
            ReceivedAt = At,
            PayloadDecoderId = 3,
            PayloadDecoderVersion = 12,
            Error = "line 3: boom",
            Payload = ReadOnlyMemory<byte>.Empty,
        };

        Assert.Equal(decoded, UplinkDecoded.From(decoded.ToRecord()));
    }

    [Fact]
    public void Read_WhenARecordIsNotOurs_ReportsItAndReadsTheOthers()
    {
        var good = new UplinkDecoded
        {
            MessageId = Guid.CreateVersion7(),
            DeviceId = 1,
            ApplicationId = 1,
            OrganizationId = 1,
            ReceivedAt = At,
            Payload = "{}"u8.ToArray(),
        }.ToRecord();
        var bad = new LogRecord { Key = "1", Value = "{}"u8.ToArray(), Headers = [new(LogHeaders.MessageId, "not an id")] };
        var reported = new List<Exception>();

        var read = new[] { bad, good, bad }.Read(UplinkDecoded.From, reported.Add);

        Assert.Single(read);
        Assert.Equal(2, reported.Count);
    }
}
