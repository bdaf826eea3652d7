using System.Net;
using Microsoft.AspNetCore.Http;

namespace OS2iot.Tests.Portal;

public sealed class SessionTests : IAsyncLifetime
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
    [InlineData("/devices/1?before=x", "/devices/1?before=x")]
    [InlineData("https://evil.example/", "/applications")]
    [InlineData("//evil.example/", "/applications")]
    [InlineData("/\\evil.example", "/applications")]
    public async Task SignIn_WhenTheReturnAddressIs_GoesOnlyToOurOwn(string returnUrl, string target)
    {
        using var visitor = new Visitor(_portal);
        await visitor.OpenAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl));
        await visitor.SubmitAsync("form[action='/sign-in']", ("Email", FakeApi.Email), ("Password", FakeApi.Password));

        Assert.Equal(target, visitor.Answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task SignIn_WhenItSucceeds_KeepsTheTokenInACookieThatScriptCantRead()
    {
        using var visitor = new Visitor(_portal);
        await visitor.OpenAsync("/sign-in");
        await visitor.SubmitAsync("form[action='/sign-in']", ("Email", FakeApi.Email), ("Password", FakeApi.Password));

        var cookie = Assert.Single(visitor.Answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("os2iot.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("e30.", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WhenThePasswordIsWrong_SaysSoAndKeepsNothing()
    {
        using var visitor = new Visitor(_portal);
        await visitor.OpenAsync("/sign-in");
        await visitor.SubmitAsync("form[action='/sign-in']", ("Email", FakeApi.Email), ("Password", "secret-guess"));

        Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
        Assert.Contains("E-mail eller adgangskode er forkert.", visitor.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-guess", visitor.Html, StringComparison.Ordinal);
        Assert.Equal(FakeApi.Email, visitor.Page.QuerySelector("#Email")!.GetAttribute("value"));
    }

    [Fact]
    public async Task SignIn_WhenThereWereTooManyTries_AsksToWait()
    {
        _api.Instead["POST /api/v1/auth/login"] = () => Results.StatusCode(429);
        using var visitor = new Visitor(_portal);
        await visitor.OpenAsync("/sign-in");
        await visitor.SubmitAsync("form[action='/sign-in']", ("Email", "a@b.dk"), ("Password", "x"));

        Assert.Contains("for mange forsøg", visitor.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_WhenTheApiEndsIt_LeadsToSignInAndBackToThePage()
    {
        using var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        _api.Instead["GET /api/v1/auth/me"] = () => Results.StatusCode(401);
        await visitor.OpenAsync("/devices/1?before=x");

        Assert.Equal("/sign-in?expired=true&returnUrl=%2Fdevices%2F1%3Fbefore%3Dx", visitor.Answer.Headers.Location!.ToString());
        Assert.Contains(visitor.Answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("os2iot.session=;", StringComparison.Ordinal));

        await visitor.OpenAsync(visitor.Answer.Headers.Location.ToString());
        Assert.Contains("Din session er udløbet", visitor.Page.QuerySelector("[role=status]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("/devices/1?before=x", visitor.Page.QuerySelector("input[name=returnUrl]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task SignOut_WhenDone_EndsTheSession()
    {
        using var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        await visitor.OpenAsync("/applications");
        await visitor.SubmitAsync("form[action='/sign-out']");
        Assert.Equal("/sign-in?signedOut=true", visitor.Answer.Headers.Location!.ToString());

        await visitor.OpenAsync("/applications");
        Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
    }

    [Theory]
    [InlineData("/applications/new")]
    [InlineData("/devices/1/delete")]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    [InlineData("/preferences")]
    public async Task Form_WhenItIsNotOurs_IsRefused(string path)
    {
        using var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        _api.Bodies.Clear();
        await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([KeyValuePair.Create("Form.Name", "x")]) });

        Assert.Equal(HttpStatusCode.BadRequest, visitor.Answer.StatusCode);
        Assert.Empty(_api.Bodies);
        Assert.DoesNotContain(_api.Requests, r => r.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Preferences_WhenChosen_AreRemembered()
    {
        using var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        await visitor.OpenAsync("/applications");
        await visitor.SubmitAsync("#user-menu form.preference", ("language", "en"), ("theme", "dark"));
        await visitor.OpenAsync("/applications");

        Assert.Equal("en", visitor.Page.DocumentElement.GetAttribute("lang"));
        Assert.Equal("dark", visitor.Page.DocumentElement.GetAttribute("data-bs-theme"));
        Assert.Equal("Applications", visitor.Page.QuerySelector("h1")!.TextContent);
    }
}
