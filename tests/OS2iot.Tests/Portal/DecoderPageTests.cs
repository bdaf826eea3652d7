using System.Net;
using System.Text.Json.Nodes;

namespace OS2iot.Tests.Portal;

public sealed class DecoderPageTests : IAsyncLifetime
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

    [Fact]
    public async Task Version_WhenItDiffersFromToday_ShowsTheLinesAndGoesBack()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/payload-decoders/1/versions/2");

        Assert.Equal("-   const level = payload.level_mm / 100;", visitor.Page.QuerySelector(".diff-code del")!.TextContent.TrimEnd());
        Assert.Equal("+   const level = payload.level_mm / 1000;", visitor.Page.QuerySelector(".diff-code ins")!.TextContent.TrimEnd());
        await visitor.SubmitAsync("main form");
        Assert.Equal("/payload-decoders/1", visitor.Answer.Headers.Location!.ToString());
        Assert.Contains("POST /api/v1/payload-decoder/1/versions/2/restore", _api.Requests);
    }

    [Fact]
    public async Task Version_WhenTheUserMayOnlyRead_CannotBeRestored()
    {
        _api.IsGlobalAdmin = _api.MayWrite = false;
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/payload-decoders/1/versions/2");

        Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
        Assert.Null(visitor.Page.QuerySelector("main form"));
    }

    [Fact]
    public async Task Samples_WhenAskedFor_AreTheDevicesMessagesWithoutItsKey()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/payload-decoders/studio/samples/1");

        var answer = JsonNode.Parse(visitor.Html)!;
        Assert.Equal(5, answer["samples"]!.AsArray().Count);
        Assert.Contains("level_mm", answer["samples"]![0]!["payload"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("GENERIC_HTTP", JsonNode.Parse(answer["metadata"]!.ToString())!["type"]!.ToString());
        Assert.DoesNotContain(FakeApi.Key, visitor.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return 1", null)]
    [InlineData("oops", "ReferenceError")]
    public async Task Trial_WhenRun_TellsResultOrError(string code, string? error)
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/payload-decoders/1/edit");
        var token = visitor.Page.QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await visitor.SendAsync(Trial(code, token));

        var answer = JsonNode.Parse(visitor.Html)!;
        Assert.Contains(error ?? "\"waterLevel\": 1.84", answer[error is null ? "output" : "error"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains(_api.Bodies, b => b.Body?["code"]?.ToString() == $"\"{code}\"");
    }

    [Fact]
    public async Task Trial_WhenTheTokenIsMissing_IsRefused()
    {
        using var visitor = await SignedInAsync();
        await visitor.SendAsync(Trial("return 1", "none"));

        Assert.Equal(HttpStatusCode.BadRequest, visitor.Answer.StatusCode);
        Assert.DoesNotContain("POST /api/v1/test-payload-decoder", _api.Requests);
    }

    private static HttpRequestMessage Trial(string code, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/payload-decoders/studio/test")
        {
            Content = new StringContent(new JsonObject { ["code"] = code, ["payload"] = "{}", ["metadata"] = "{}" }.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("RequestVerificationToken", token);
        return request;
    }

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }
}
