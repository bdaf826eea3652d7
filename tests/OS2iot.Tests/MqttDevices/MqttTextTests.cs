using System.Text;
using OS2iot.Ingest.Mqtt;
using OS2iot.Ingest.MqttExternalBroker;
using OS2iot.Ingest.MqttInternalBroker;

namespace OS2iot.Tests.MqttDevices;

/// <summary>Topics and payloads, as texts.</summary>
public sealed class MqttTextTests
{
    [Theory]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData(" {\"a\":1}", " {\"a\":1}")]
    [InlineData("", "{\"data\":\"\",\"encoding\":\"base64\"}")]
    [InlineData("{\"a\":1", "{\"data\":\"eyJhIjox\",\"encoding\":\"base64\"}")]
    [InlineData("7", "{\"data\":\"Nw==\",\"encoding\":\"base64\"}")]
    public void Payload_WhateverItIs_BecomesAJsonObject(string payload, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(JsonPayload.Of(Encoding.UTF8.GetBytes(payload)).Span));

    [Theory]
    [InlineData("device/1/2/3", true)]
    [InlineData("devices/1/2/3", true)]
    [InlineData("device/1/2/03", false)]
    [InlineData("device/1/2/+3", false)]
    [InlineData("device/1/2/3/4", false)]
    [InlineData("device/1/2/99999999999", false)]
    [InlineData("device/1/2/", false)]
    [InlineData("thing/1/2/3", false)]
    public void Topic_WhenNotAsWeWriteIt_IsNoDevices(string topic, bool isDevices) =>
        Assert.Equal(isDevices, ReceiveDeviceMessages.TryParse(topic, out _, out _, out _));

    [Theory]
    [InlineData("a", true)]
    [InlineData("+/b/#", true)]
    [InlineData("#", true)]
    [InlineData("$share/g/a/+", true)]
    [InlineData("/", true)]
    [InlineData("", false)]
    [InlineData("a#", false)]
    [InlineData("#/a", false)]
    [InlineData("a+/b", false)]
    [InlineData("a\0b", false)]
    public void Topic_ThatNobodyCanSubscribeTo_IsKnown(string topic, bool isFilter) => Assert.Equal(isFilter, ExternalBroker.IsFilter(topic));

    [Theory]
    [InlineData("mqtt://a", 0, "mqtt://a:1883")]
    [InlineData("mqtts://a", null, "mqtts://a:8883")]
    [InlineData("mqtts://a:1", null, "mqtts://a:1")]
    [InlineData("mqtts://a:1", 2, "mqtts://a:2")]
    [InlineData("wss://a/mqtt", 0, "wss://a:443")]
    [InlineData("http://a", 1, null)]
    [InlineData("a", 1, null)]
    [InlineData(null, 1, null)]
    public void Address_OfABroker_IsReadOrRefused(string? text, int? port, string? expected) =>
        Assert.Equal(expected, MqttEndpoint.TryParse(text, port, out var endpoint) ? endpoint.ToString() : null);

    [Fact]
    public async Task Packet_WhenItsLengthIsTooMuch_IsNotReadOn()
    {
        byte[] bytes = [0x30, 2, 1, 2, 0x30, 0xFF, 0xFF, 0xFF, 0x7F];
        await using var stream = new PacketLimitStream(new MemoryStream(bytes), 1000);

        Assert.Equal(4, await stream.ReadAtLeastAsync(new byte[4], 4, cancellationToken: TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<MqttPacketTooLargeException>(() => stream.ReadAsync(new byte[9], TestContext.Current.CancellationToken).AsTask());
    }
}
