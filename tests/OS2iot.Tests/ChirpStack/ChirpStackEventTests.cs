using System.Text;
using Google.Protobuf;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.NetworkEvents;
using OS2iot.Ingest.ChirpStack;

namespace OS2iot.Tests.ChirpStack;

public sealed class ChirpStackEventTests
{
    [Fact]
    public void Read_WhenUplink_FindsWhatThePipelineNeeds()
    {
        var read = Read(
            """
            {"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"2026-01-31T08:00:00.123456789+00:00","deviceInfo":{"devEui":"0102030405060ABC"},
             "dr":3,"fCnt":4294967295,"fPort":2,"data":"AQI=","rxInfo":[
               {"gatewayId":"00aa00bb00cc00dd","rssi":-71,"channel":3},
               {"gatewayId":"00AA00BB00CC00DE","rssi":-103,"snr":4.5},
               {"gatewayId":"00aa00bb00cc00dd","rssi":-70},{"rssi":-1},7],
             "txInfo":{"frequency":868100000,"modulation":{"lora":{"bandwidth":125000,"spreadingFactor":9}}}}
            """)!;

        Assert.Equal(("0102030405060abc", "3ac7e3c4-4401-4b8d-9386-a5c902f9202d"), (read.DevEui, read.DeduplicationId));
        Assert.Equal((2, 4294967295L, 3, 9, 868100000L), (read.FPort, read.FCnt, read.Dr, read.SpreadingFactor, read.Frequency));
        Assert.Equal((-71d, 4.5d), (read.Rssi, read.Snr));
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero).AddTicks(1234567), read.SentAt!.Value, TimeSpan.FromMicroseconds(1));
        Assert.Equal(
            [new ChirpStackReception("00aa00bb00cc00dd", -71, 0), new ChirpStackReception("00aa00bb00cc00de", -103, 4.5)], read.Receptions);
    }

    [Fact]
    public void Read_WhenNothingWasHeard_KnowsNoSignal()
    {
        var read = Read("""{"deviceInfo":{"devEui":"0102030405060708"},"rxInfo":null,"txInfo":"?","fPort":-1,"fCnt":1.5,"time":"yesterday"}""")!;

        Assert.Equal((null, null, null, null, null, null), (read.Rssi, read.Snr, read.FPort, read.FCnt, read.SentAt, read.DeduplicationId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"deviceInfo":[]}""")]
    [InlineData("""{"deviceInfo":{"devEui":7}}""")]
    [InlineData("""{"deviceInfo":{"devEui":"%%%%%%%%%%%%%%%%"}}""")]
    [InlineData("""{"deviceInfo":{"devEui":"01020304050607"}}""")]
    public void Read_WhenItIsNoEvent_SaysSo(string text) => Assert.Null(Read(text));

    [Theory]
    [InlineData("application/a/device/0102030405060708/event/up", "0102030405060708", null)]
    [InlineData("application/a/device/010203040506070A/event/join", "010203040506070a", NetworkEventKind.Join)]
    [InlineData("application/a/device/0102030405060708/event/status", "0102030405060708", NetworkEventKind.Status)]
    [InlineData("application/a/device/0102030405060708/event/ack", "0102030405060708", NetworkEventKind.Ack)]
    [InlineData("application/a/device/0102030405060708/event/txack", "0102030405060708", NetworkEventKind.TxAck)]
    [InlineData("application/a/device/0102030405060708/event/log", "0102030405060708", NetworkEventKind.Log)]
    [InlineData("application/a/device/0102030405060708/event/location", "0102030405060708", NetworkEventKind.Location)]
    [InlineData("gateway/0102030405060708/state/conn", "0102030405060708", NetworkEventKind.GatewayState)]
    [InlineData("eu868/gateway/0102030405060708/state/conn", "0102030405060708", NetworkEventKind.GatewayState)]
    [InlineData("gateway/0102030405060708/event/stats", "0102030405060708", NetworkEventKind.GatewayStats)]
    [InlineData("us915_0/gateway/0102030405060708/event/stats", "0102030405060708", NetworkEventKind.GatewayStats)]
    public void Topic_WhenOurs_SaysWhatItIs(string topic, string eui, NetworkEventKind? kind) =>
        Assert.Equal(new ChirpStackTopic(eui, kind), ChirpStackTopic.Parse(topic));

    [Theory]
    [InlineData("application/a/device/0102030405060708/event/integration")]
    [InlineData("application/a/device/0102030405060708/event/conn")]
    [InlineData("application/a/device/0102030405060708/event/stats")]
    [InlineData("application/a/device/0102030405060708/command/down")]
    [InlineData("application/a/device/01020304050607/event/up")]
    [InlineData("gateway/0102030405060708/event/up")]
    [InlineData("a/b/gateway/0102030405060708/state/conn")]
    [InlineData("gateway/+/state/conn")]
    [InlineData("")]
    public void Topic_WhenItIsNoneOfOurs_IsNone(string topic) => Assert.Null(ChirpStackTopic.Parse(topic));

    [Fact]
    public void GatewayState_IsReadFromProtobufAndFromJson()
    {
        var state = new ConnState { GatewayIdLegacy = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8), State = ConnState.Types.State.Online };

        var (binary, json) = ChirpStackGatewayEvent.ReadState(state.ToByteArray())!.Value;
        var (text, _) = ChirpStackGatewayEvent.ReadState(Encoding.UTF8.GetBytes("""{"gatewayId":"0102030405060708","state":"ONLINE","more":1}"""))!.Value;

        Assert.Equal("0102030405060708", ChirpStackGatewayEvent.GatewayIdOf(binary.GatewayId, binary.GatewayIdLegacy));
        Assert.Equal((ConnState.Types.State.Online, ConnState.Types.State.Online, "0102030405060708"), (binary.State, text.State, text.GatewayId));
        Assert.Contains("\"ONLINE\"", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"gatewayId":{}}""")]
    [InlineData("no protobuf")]
    public void GatewayState_WhenItIsNone_SaysSo(string text) => Assert.Null(ChirpStackGatewayEvent.ReadState(Encoding.UTF8.GetBytes(text)));

    private static ChirpStackEvent? Read(string text) => ChirpStackEvent.Read(Encoding.UTF8.GetBytes(text));
}
