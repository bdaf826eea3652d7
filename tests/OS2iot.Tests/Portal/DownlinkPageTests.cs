using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OS2iot.Tests.Portal;

public sealed class DownlinkPageTests : IAsyncLifetime
{
    private static readonly string OfLoRaWan = $"/devices/{FakeApi.LoRaWan}/downlinks";

    private static readonly string OfSigfox = $"/devices/{FakeApi.SigfoxDevice}/downlinks";

    private FakeApi _api = null!;

    private RunningPortal _portal = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _portal = new RunningPortal(_api.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Downlinks_ShowWhatBecameOfEach()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync(OfLoRaWan);

        Assert.Equal(
            ["Venter", "I netværkets kø", "Sendt", "Modtaget af enheden", "Nåede ikke frem", "Trukket tilbage"],
            visitor.Page.QuerySelectorAll("tbody .state").Select(s => s.TextContent.Trim()));
        Assert.Contains("Not acked", visitor.Page.QuerySelectorAll("tbody tr")[4].TextContent, StringComparison.Ordinal);
        Assert.Single(visitor.Page.QuerySelectorAll($"[data-refresh='{OfLoRaWan}']"));
    }

    [Fact]
    public async Task Downlink_ToALoRaWanDevice_HasPortAndConfirmation()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(OfLoRaWan);
        await visitor.SubmitAsync("form.downlink", ("Form.Data", "01 a2 ff"), ("Form.Port", "12"), ("Form.Confirmed", "true"));

        var body = Sent(FakeApi.LoRaWan);
        Assert.Equal(("01a2ff", 12, true), ((string)body["data"]!, (int)body["port"]!, (bool)body["confirmed"]!));
        Assert.Null(body["payload"]);
        Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
    }

    [Fact]
    public async Task Downlink_AsJson_IsSentForTheDecoderToEncode()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(OfLoRaWan);
        await visitor.SubmitAsync("form.downlink", ("Form.Content", "json"), ("Form.Payload", """{"interval":15}"""), ("Form.Port", "2"));

        Assert.Equal(15, (int)Sent(FakeApi.LoRaWan)["payload"]!["interval"]!);
        Assert.Null(Sent(FakeApi.LoRaWan)["data"]);
    }

    [Fact]
    public async Task Downlink_ToASigfoxDevice_IsTakenWithoutABody()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(OfSigfox);
        Assert.Null(visitor.Page.QuerySelector("#Form-Port"));
        await visitor.SubmitAsync("form.downlink", ("Form.Data", "0102030405060708"));

        Assert.Equal("0102030405060708", (string)Sent(FakeApi.SigfoxDevice)["data"]!);
        Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
    }

    [Fact]
    public async Task Downlink_OfTheWrongLength_IsSaidInWords()
    {
        _api.Instead[$"POST /api/v1/iot-device/{FakeApi.SigfoxDevice}/downlink"] = () =>
            Results.Json(new { statusCode = 400, message = "MESSAGE.DOWNLINK-LENGTH-WRONG-FOR-SIGFOX" }, statusCode: 400);
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(OfSigfox);
        await visitor.SubmitAsync("form.downlink", ("Form.Data", "0102"));

        Assert.Contains("præcis 8 byte", visitor.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("0102", visitor.Page.QuerySelector("#Form-Data")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Downlink_ThatIsNoJsonOrHasNoPort_IsNotSent()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(OfLoRaWan);
        await visitor.SubmitAsync("form.downlink", ("Form.Content", "json"), ("Form.Payload", "{"), ("Form.Port", "two"));

        Assert.NotNull(visitor.Page.QuerySelector("#Form-Payload-error"));
        Assert.NotNull(visitor.Page.QuerySelector("#Form-Port-error"));
        Assert.DoesNotContain(_api.Requests, r => r.StartsWith("POST /api/v1/iot-device", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Downlinks_WhenTakenBack_AreCounted()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(OfLoRaWan);
        await visitor.SubmitAsync("form[action$='handler=flush']");
        await visitor.OpenAsync(OfLoRaWan);

        Assert.Contains($"DELETE /api/v1/iot-device/{FakeApi.LoRaWan}/downlink", _api.Requests);
        Assert.Contains("2 downlinks", visitor.Page.QuerySelector(".notice-ok")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Downlinks_OfADeviceThatTakesNone_AreNotFound()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/devices/1/downlinks");

        Assert.Equal(HttpStatusCode.NotFound, visitor.Answer.StatusCode);
    }

    private JsonNode Sent(int device) => _api.Bodies.Last(b => b.Request == $"POST /api/v1/iot-device/{device}/downlink").Body!;

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }
}
