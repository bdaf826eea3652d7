using System.Net;
using Microsoft.AspNetCore.Http;

namespace OS2iot.Tests.Portal;

public sealed class SigfoxPageTests : IAsyncLifetime
{
    private const string Type = $"/sigfox/groups/1/types/{FakeApi.SigfoxType}";

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
    public async Task Groups_ShowWhetherSigfoxAnswersForThem()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync("/sigfox");

        Assert.Equal(2, visitor.Page.QuerySelectorAll("tbody tr").Length);
        Assert.Single(visitor.Page.QuerySelectorAll("tbody .state-ok"));
        Assert.Single(visitor.Page.QuerySelectorAll("tbody .state-dead"));
    }

    [Fact]
    public async Task Group_WhenSaved_SendsTheLoginAndNeverShowsIt()
    {
        using var visitor = await SignedInAsync(); // in the first organization by name
        await visitor.OpenAsync("/sigfox/groups/new");
        await visitor.SubmitAsync("main form", ("Form.Username", "5d5a"), ("Form.Password", "a-secret"));

        var body = _api.Bodies.Last(b => b.Request == "POST /api/v1/sigfox-group").Body!;
        Assert.Equal((3, "5d5a", "a-secret"), ((int)body["organizationId"]!, (string)body["username"]!, (string)body["password"]!));
        Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
        await visitor.OpenAsync("/sigfox/groups/1/edit");
        Assert.DoesNotContain("a-secret", visitor.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "MESSAGE.SIGFOX-BAD-LOGIN", "hemmeligheden er forkert")]
    [InlineData(429, "ThrottlerException: Too Many Requests", "begrænser")]
    [InlineData(503, "Service Unavailable", "svarer ikke")]
    public async Task Group_WhenSigfoxDoesNotTakeTheLogin_SaysWhyAndKeepsTheUserSignedIn(int status, string message, string words)
    {
        _api.Instead["POST /api/v1/sigfox-group"] = () => Results.Json(new { statusCode = status, message }, statusCode: status);
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/sigfox/groups/new");
        await visitor.SubmitAsync("main form", ("Form.Username", "5d5a"), ("Form.Password", "a-secret"));

        Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
        Assert.Contains(words, visitor.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("5d5a", visitor.Page.QuerySelector("#Form-Username")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Group_WhileSigfoxIsAway_IsShownWithItsJobsAndSaysSo()
    {
        _api.Instead["GET /api/v1/sigfox-device-type"] = () => Results.Json(new { statusCode = 503, message = "Service Unavailable" }, statusCode: 503);
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync("/sigfox/groups/1");

        Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
        Assert.Contains("svarer ikke", visitor.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(4, visitor.Page.QuerySelectorAll("section[aria-labelledby=jobs-title] tbody tr").Length);
    }

    [Fact]
    public async Task DeviceType_ShowsItsCallbacksAndCanHaveThemLookedAt()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync(Type);

        var callbacks = visitor.Page.QuerySelector("section[aria-labelledby=callbacks-title]")!;
        Assert.Single(callbacks.QuerySelectorAll(".state-ok"));
        Assert.Contains("Not in the contract", callbacks.TextContent, StringComparison.Ordinal);
        Assert.Contains("200", callbacks.TextContent, StringComparison.Ordinal);
        await visitor.SubmitAsync("section[aria-labelledby=callbacks-title] form");
        Assert.Contains($"POST /api/v1/sigfox-device-type/{FakeApi.SigfoxType}/callbacks/check?groupId=1", _api.Requests);
    }

    [Fact]
    public async Task DeviceType_WhenEdited_IsSentWithHoursAsSeconds()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(Type + "/edit");
        Assert.Equal("2", visitor.Page.QuerySelector("#Form-KeepAlive")!.GetAttribute("value"));
        await visitor.SubmitAsync("main form", ("Form.KeepAlive", "1,5"));

        var body = _api.Bodies.Last(b => b.Request == $"PUT /api/v1/sigfox-device-type/{FakeApi.SigfoxType}").Body!;
        Assert.Equal(("Spande", 5400, "c1"), ((string)body["name"]!, (int)body["keepAlive"]!, (string)body["contractId"]!));
        Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
    }

    [Fact]
    public async Task Devices_WhenRegistered_AreAJobWhoseProgressIsFollowed()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/sigfox-devices/new");
        await visitor.SubmitAsync(
            "form[action*='handler=register']", ("Register.DeviceTypeId", FakeApi.SigfoxType), ("Register.Lines", "c0ffe1; Spand 1; 0123456789abcdef; P_0001\r\nc0ffe2;Spand 2;0123456789abcdef\r\n"));

        var body = _api.Bodies.Last(b => b.Request == "POST /api/v1/sigfox-job/register-devices").Body!;
        var devices = body["devices"]!.AsArray();
        Assert.Equal((1, 1, FakeApi.SigfoxType, 2), ((int)body["groupId"]!, (int)body["applicationId"]!, (string)body["deviceTypeId"]!, devices.Count));
        Assert.Equal(("c0ffe1", "P_0001", false), ((string)devices[0]!["deviceId"]!, (string)devices[0]!["endProductCertificate"]!, (bool)devices[0]!["prototype"]!));
        Assert.True((bool)devices[1]!["prototype"]!);
        Assert.Equal("/sigfox/jobs/1", visitor.Answer.Headers.Location!.OriginalString);

        await visitor.OpenAsync("/sigfox/jobs/1");
        Assert.Equal(("100", "40"), (visitor.Page.QuerySelector("progress")!.GetAttribute("max"), visitor.Page.QuerySelector("progress")!.GetAttribute("value")));
        Assert.Equal(2, visitor.Page.QuerySelectorAll("[data-refresh='/sigfox/jobs/1']").Length);
        Assert.Contains("PAC is invalid", visitor.Page.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        await visitor.OpenAsync("/sigfox/jobs/3");
        Assert.Empty(visitor.Page.QuerySelectorAll("[data-refresh]:not([data-refresh=''])"));
    }

    [Theory]
    [InlineData("", "mindst én")]
    [InlineData("c0ffe1; Spand 1; 0123456789abcdef\nc0ffe2; Spand 2", "Linje 2")]
    public async Task Devices_WhenALineIsWrong_SayWhichAndSendNothing(string lines, string words)
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/sigfox-devices/new");
        await visitor.SubmitAsync("form[action*='handler=register']", ("Register.DeviceTypeId", FakeApi.SigfoxType), ("Register.Lines", lines));

        Assert.Contains(words, visitor.Page.QuerySelector("#Register-Lines-error")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("POST /api/v1/sigfox-job/register-devices", _api.Requests);
    }

    [Fact]
    public async Task Device_WhenConnected_IsThatWhichSigfoxHas()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/sigfox-devices/new");
        await visitor.SubmitAsync("form[action*='handler=connect']", ("Connect.SigfoxId", "00C0FFEE"), ("Connect.Name", "Spand 7"));

        var settings = _api.Bodies.Last(b => b.Request == "POST /api/v1/iot-device").Body!["sigfoxSettings"]!;
        Assert.Equal(("00C0FFEE", 1, true), ((string)settings["deviceId"]!, (int)settings["groupId"]!, (bool)settings["connectToExistingDeviceInBackend"]!));
    }

    [Fact]
    public async Task Device_ShowsWhatSigfoxTells_AndSaysWhenItTellsNothing()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync($"/devices/{FakeApi.SigfoxDevice}");
        var card = visitor.Page.QuerySelector("section[aria-labelledby=call-title]")!.TextContent;
        Assert.All((string[])["3,1 V", "11,5 °C", "GOOD", "0A10", "± 2500 m", "No frame has been received"], text => Assert.Contains(text, card, StringComparison.Ordinal));

        (_api.SigfoxTells, _api.Registration) = (false, "refused");
        await visitor.OpenAsync($"/devices/{FakeApi.SigfoxDevice}");
        card = visitor.Page.QuerySelector("section[aria-labelledby=call-title]")!.TextContent;
        Assert.Contains("The pac is wrong", card, StringComparison.Ordinal);
        Assert.Contains("afhænger af kontrakten", card, StringComparison.Ordinal);
        Assert.DoesNotContain(" V", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_ThatWasRecovered_SaysSo()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync($"/devices/{FakeApi.SigfoxDevice}");

        Assert.Equal("Hentet bagefter", Assert.Single(visitor.Page.QuerySelectorAll(".message-head .tag")).TextContent.Trim());
    }

    [Fact]
    public async Task Device_WhenMovedOrRestarted_AsksTheApi()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync($"/devices/{FakeApi.SigfoxDevice}/sigfox-type");
        await visitor.SubmitAsync("main form", ("DeviceTypeId", "5d5a2b0c9e93a17d2c1f0a02"));
        await visitor.OpenAsync($"/devices/{FakeApi.SigfoxDevice}/restart");
        await visitor.SubmitAsync("main form");
        await visitor.OpenAsync(Type + "/restart");
        await visitor.SubmitAsync("main form");

        var moved = _api.Bodies.Last(b => b.Request == $"PUT /api/v1/iot-device/{FakeApi.SigfoxDevice}").Body!;
        Assert.Equal(("SIGFOX", "5d5a2b0c9e93a17d2c1f0a02"), ((string)moved["type"]!, (string)moved["sigfoxSettings"]!["deviceTypeId"]!));
        Assert.Equal(FakeApi.SigfoxDevice, (int)_api.Bodies.Last(b => b.Request == "POST /api/v1/sigfox-job/restart-devices").Body!["deviceIds"]![0]!);
        Assert.Equal(FakeApi.SigfoxType, (string)_api.Bodies.Last(b => b.Request == "POST /api/v1/sigfox-job/restart-device-type").Body!["deviceTypeId"]!);
    }

    [Fact]
    public async Task Reader_SeesStatesAndNoButtons()
    {
        (_api.IsGlobalAdmin, _api.MayWrite) = (false, false);
        using var visitor = await SignedInAsync();
        foreach (var path in (string[])["/sigfox", "/sigfox/groups/1", Type, "/sigfox/jobs/1", $"/devices/{FakeApi.SigfoxDevice}", $"/devices/{FakeApi.SigfoxDevice}/downlinks"])
        {
            await visitor.OpenAsync(path);
            Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
            Assert.Empty(visitor.Page.QuerySelectorAll("main form[method=post], main a[href$='/new'], main a[href$='/edit'], main a[href$='/restart'], main a[href$='/sigfox-type']"));
        }

        foreach (var path in (string[])["/sigfox/groups/new", "/sigfox/groups/1/edit", Type + "/edit", Type + "/restart", "/applications/1/sigfox-devices/new", $"/devices/{FakeApi.SigfoxDevice}/restart"])
        {
            await visitor.OpenAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, visitor.Answer.StatusCode);
        }
    }

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }
}
