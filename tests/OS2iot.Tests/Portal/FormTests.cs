using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OS2iot.Tests.Portal;

public sealed class FormTests : IAsyncLifetime
{
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

    [Theory]
    [InlineData("da", "Navnet er ugyldigt eller allerede i brug.")]
    [InlineData("en", "The name is not valid or is already in use.")]
    public async Task Create_WhenTheApiSendsACode_ShowsItInWordsAtTheField(string language, string words)
    {
        _api.Instead["POST /api/v1/application"] = () =>
            Results.Json(new { statusCode = 400, message = "MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE", error = "Bad Request" }, statusCode: 400);
        using var visitor = await SignedInAsync(language);
        await visitor.OpenAsync("/applications/new");
        await visitor.SubmitAsync("main form", ("Form.Name", "Vandstand"), ("Form.Description", "Behold mig"));

        Assert.Equal(words, visitor.Page.QuerySelector("#Form-Name-error")!.TextContent.Trim());
        Assert.Equal("true", visitor.Page.QuerySelector("#Form-Name")!.GetAttribute("aria-invalid"));
        Assert.Equal("Behold mig", visitor.Page.QuerySelector("#Form-Description")!.TextContent.Trim());
    }

    [Fact]
    public async Task Create_WhenTheApiNamesAField_ShowsTheRuleThere()
    {
        _api.Instead["POST /api/v1/data-target"] = () => Results.Text(
            """
            {"statusCode":400,"error":"Bad Request","message":[
              {"property":"name","children":[],"constraints":{"maxLength":"name must be shorter than or equal to 50 characters"}},
              {"property":"url","children":[],"constraints":{"isUrl":"url must be a URL address"}}]}
            """, "application/json", statusCode: 400);
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/data-targets/new");
        await visitor.SubmitAsync("main form", ("Form.Name", "x"), ("Form.Settings[url]", "ftp:x"));

        Assert.Equal("Må højst være på 50 tegn.", visitor.Page.QuerySelector("#Form-Name-error")!.TextContent.Trim());
        Assert.Contains("http://", visitor.Page.QuerySelector(".field:has([name='Form.Settings[url]']) .field-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("ftp:x", visitor.Page.QuerySelector("[name='Form.Settings[url]']")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Create_WhenTheApiSendsAnUnknownCode_ShowsItRaw()
    {
        _api.Instead["POST /api/v1/organization"] = () => Results.Json(new { statusCode = 400, message = "MESSAGE.SOMETHING-NEW" }, statusCode: 400);
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/organizations/new");
        await visitor.SubmitAsync("main form", ("Form.Name", "x"));

        Assert.Contains("MESSAGE.SOMETHING-NEW", visitor.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_WhenTheItemIsInUse_SaysWhyAndStays()
    {
        _api.Instead["DELETE /api/v1/payload-decoder/1"] = () =>
            Results.Json(new { statusCode = 400, message = "MESSAGE.DELETE-NOT-ALLOWED-ITEM-IS-IN-USE" }, statusCode: 400);
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/payload-decoders/1/delete");
        await visitor.SubmitAsync("main form");

        Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
        Assert.Contains("er i brug", visitor.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_WhenDone_SaysWhatWent()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/devices/1/delete");
        await visitor.SubmitAsync("main form");
        Assert.Equal("/applications/1", visitor.Answer.Headers.Location!.ToString());
        await visitor.OpenAsync("/applications/1");

        Assert.Contains("Åhavnen nord", visitor.Page.QuerySelector(".notice-ok")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_WhenCreated_SendsNumbersAndMetadata()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/devices/new");
        await visitor.SubmitAsync(
            "main form", ("Form.Name", "Måler"), ("Form.Latitude", "56,16"), ("Form.Longitude", "10.2"), ("Form.Metadata", "etage = 2\r\nfarve = blå = lys\r\n"));

        Assert.Equal("/devices/1", visitor.Answer.Headers.Location!.ToString());
        var body = _api.Bodies.Last(b => b.Request == "POST /api/v1/iot-device").Body!;
        Assert.Equal(56.16, (double)body["latitude"]!);
        Assert.Equal(10.2, (double)body["longitude"]!);
        Assert.Equal("GENERIC_HTTP", (string)body["type"]!);
        var metadata = JsonNode.Parse((string)body["metadata"]!)!;
        Assert.Equal("2", (string)metadata["etage"]!);
        Assert.Equal("blå = lys", (string)metadata["farve"]!);
    }

    [Theory]
    [InlineData("Form.Latitude", "nord", "#Form-Latitude-error")]
    [InlineData("Form.Metadata", "uden lighedstegn", "#Form-Metadata-error")]
    [InlineData("Form.Metadata", "a = 1\na = 2", "#Form-Metadata-error")]
    [InlineData("Form.Longitude", "", "#Form-Longitude-error")]
    public async Task Device_WhenAFieldCantBeRead_SaysSoAndSendsNothing(string field, string value, string error)
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/devices/1/edit");
        await visitor.SubmitAsync("main form", (field, value));

        Assert.NotNull(visitor.Page.QuerySelector(error));
        Assert.DoesNotContain(_api.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Application_WhenEditedUnchanged_KeepsWhatTheFormDoesNotShow()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/edit");
        await visitor.SubmitAsync("main form");

        var body = _api.Bodies.Last(b => b.Request == "PUT /api/v1/application/1").Body!;
        Assert.Equal([7, 99], body["permissionIds"]!.AsArray().Select(i => (int)i!).Order());
        Assert.Equal("IN-OPERATION", (string)body["status"]!);
        Assert.Equal("Vandstand i åen", (string)body["name"]!);
    }

    [Fact]
    public async Task DataTarget_WhenItsSecretIsLeftEmpty_DoesNotSendIt()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/data-targets/1/edit");
        Assert.Equal("", visitor.Page.QuerySelector("[name='Form.Settings[authorizationHeader]']")!.GetAttribute("value") ?? "");
        await visitor.SubmitAsync("main form");
        var kept = _api.Bodies.Last(b => b.Request == "PUT /api/v1/data-target/1").Body!.AsObject();
        Assert.False(kept.ContainsKey("authorizationHeader"));
        Assert.Equal(10000, (int)kept["timeout"]!);

        await visitor.OpenAsync("/data-targets/1/edit");
        await visitor.SubmitAsync("main form", ("Form.Remove", "authorizationHeader"));
        var removed = _api.Bodies.Last(b => b.Request == "PUT /api/v1/data-target/1").Body!.AsObject();
        Assert.True(removed.TryGetPropertyValue("authorizationHeader", out var value));
        Assert.Null(value);
    }

    [Fact]
    public async Task Decoder_WhenSaved_SendsTheScriptAsJsonInAText()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/payload-decoders/1/edit");
        await visitor.SubmitAsync("main form", ("Form.DecodingFunction", "function decode(p) {\r\n  return p;\r\n}"));

        var sent = (string)_api.Bodies.Last(b => b.Request == "PUT /api/v1/payload-decoder/1").Body!["decodingFunction"]!;
        Assert.Equal("function decode(p) {\n  return p;\n}", (string)JsonNode.Parse(sent)!);
    }

    [Fact]
    public async Task Connection_WhenNoDeviceIsChosen_AsksForOne()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/connections/new?target=2");
        await visitor.SubmitAsync("main form", ("Form.PayloadDecoderId", "1"));
        Assert.Equal("Vælg mindst én enhed.", visitor.Page.QuerySelector("#devices-error")!.TextContent);

        await visitor.SubmitAsync("main form", ("Form.IotDeviceIds", "3"), ("Form.PayloadDecoderId", ""));
        Assert.Equal("/data-targets/2", visitor.Answer.Headers.Location!.ToString());
        var body = _api.Bodies.Last(b => b.Request.EndsWith("-connection", StringComparison.Ordinal)).Body!;
        Assert.Equal(3, (int)body["iotDeviceIds"]![0]!);
        Assert.Equal(2, (int)body["dataTargetId"]!);
        Assert.Null(body["payloadDecoderId"]);
    }

    private async Task<Visitor> SignedInAsync(string language = "da")
    {
        var visitor = new Visitor(_portal, language);
        await visitor.SignInAsync();
        return visitor;
    }
}
