using System.Text;
using OS2iot.Core.Sigfox;

namespace OS2iot.Tests.Sigfox;

public sealed class SigfoxCallbackReadTests
{
    private const string Good = "\"time\":1700000000,\"deviceTypeId\":\"type\",\"deviceId\":\"1a2B\",\"data\":\"01\",\"seqNumber\":42";

    [Fact]
    public void Read_OfACallback_IsWhatSigfoxSays()
    {
        var callback = Read("{" + Good + ",\"ack\":true,\"rssi\":-113.5,\"snr\":12,\"station\":{\"a\":[1]},\"unknown\":[{}]}")!;

        Assert.Equal(("type", "1a2B", 42d), (callback.DeviceTypeId, callback.DeviceId, callback.SequenceNumber));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), callback.SentAt);
        Assert.True(callback.AsksForDownlink);
        Assert.Equal((-113.5, 12d, 42L), (callback.Rssi, callback.Snr, callback.FCnt));
        Assert.Equal("1A2B-1700000000000-42", callback.DeduplicationId);
    }

    [Theory]
    [InlineData("\"ack\":false")]
    [InlineData("\"ack\":null")]
    [InlineData("\"ack\":1")]
    [InlineData("\"ack\":{}")]
    public void Read_WhenAckIsNotTrue_AsksForNothing(string ack) => Assert.False(Read("{" + ack + "," + Good + "}")!.AsksForDownlink);

    [Theory]
    [InlineData("\"rssi\":\"-113.5\",\"snr\":\"7\"", -113.5, 7d)]
    [InlineData("\"rssi\":null,\"snr\":\"none\"", null, null)]
    [InlineData("\"rssi\":{},\"snr\":[1,2]", null, null)]
    [InlineData("\"rssi\":1e999", null, null)]
    [InlineData("\"duplicates\":[{\"bsId\":\"A\",\"rssi\":-120,\"snr\":3.5},{\"rssi\":-90},null,4,{\"snr\":-1,\"x\":[{}]}]", -90d, 3.5)]
    [InlineData("\"duplicates\":7", null, null)]
    public void Read_WhenSignalIsOdd_KeepsTheMessage(string signal, double? rssi, double? snr)
    {
        var callback = Read("{" + Good + "," + signal + "}")!;

        Assert.Equal((rssi, snr), (callback.Rssi, callback.Snr));
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("{}", "deviceTypeId")]
    [InlineData("{\"deviceTypeId\":\"a\",\"deviceId\":7}", "deviceId")]
    [InlineData("{\"deviceTypeId\":\"a\",\"deviceId\":\"b\",\"data\":null}", "data")]
    [InlineData("{\"deviceTypeId\":\"a\",\"deviceId\":\"b\",\"data\":\"\",\"time\":\"1700000000\"}", "time")]
    [InlineData("{\"deviceTypeId\":\"a\",\"deviceId\":\"b\",\"data\":\"\",\"time\":-1}", "time")]
    [InlineData("{\"deviceTypeId\":\"a\",\"deviceId\":\"b\",\"data\":\"\",\"time\":1e300}", "time")]
    [InlineData("{\"deviceTypeId\":\"a\",\"deviceId\":\"b\",\"data\":\"\",\"time\":1}", "seqNumber")]
    [InlineData("{\"deviceTypeId\":\"\\ud800\",\"deviceId\":\"b\",\"data\":\"\",\"time\":1,\"seqNumber\":1}", "deviceTypeId")]
    public void Read_WhenSomethingIsMissing_SaysWhat(string body, string what)
    {
        Assert.Null(SigfoxCallback.Read(Encoding.UTF8.GetBytes(body), out var mistake));

        Assert.Contains(what, mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(42.5)]
    [InlineData(-1)]
    [InlineData(1e20)]
    public void FCnt_WhenTheNumberIsNone_IsUnknown(double number) =>
        Assert.Null((Read("{" + Good + "}")! with { SequenceNumber = number }).FCnt);

    private static SigfoxCallback? Read(string body) => SigfoxCallback.Read(Encoding.UTF8.GetBytes(body), out _);
}
