using System.Net;
using System.Text.RegularExpressions;

namespace OS2iot.Tests.Portal;

public sealed partial class PageTests : IAsyncLifetime
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
    public async Task Pages_WhenSignedIn_HaveOneHeadingStrictPolicyAndNothingInline()
    {
        using var visitor = await SignedInAsync();
        foreach (var path in Addresses.SignedIn)
        {
            await visitor.OpenAsync(path);

            Assert.True(visitor.Answer.StatusCode == HttpStatusCode.OK, $"{path}: {visitor.Answer.StatusCode} {visitor.Html}");
            Assert.Single(visitor.Page.QuerySelectorAll("h1"));
            var policy = Assert.Single(visitor.Answer.Headers.GetValues("Content-Security-Policy"));
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(visitor.Answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Empty(visitor.Page.QuerySelectorAll("[style], style, script:not([src])"));
            Assert.DoesNotContain(visitor.Page.All, e => e.Attributes.Any(a => a.Name.StartsWith("on", StringComparison.Ordinal)));
            Assert.All(visitor.Page.QuerySelectorAll("form[method=post]"), f => Assert.NotNull(f.QuerySelector("input[name=__RequestVerificationToken]")));
            Assert.DoesNotContain(visitor.Page.All, e => (e.GetAttribute("src") ?? "").Contains("//", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Pages_WhenNamesAreHtml_ShowThemAsText()
    {
        const string hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'";
        await using var api = await FakeApi.StartAsync(name => name.Length % 2 == 0 ? hostile : hostile + name);
        await using var portal = new RunningPortal(api.Address);
        using var visitor = new Visitor(portal);
        await visitor.SignInAsync();
        foreach (var path in Addresses.SignedIn)
        {
            await visitor.OpenAsync(path);

            Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
            Assert.DoesNotContain("<script>alert", visitor.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", visitor.Html, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;", visitor.Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pages_WhenEnglishIsAskedFor_HaveNoDanishWord()
    {
        await using var api = await FakeApi.StartAsync(_ => "X");
        await using var portal = new RunningPortal(api.Address);
        using var danish = new Visitor(portal);
        using var english = new Visitor(portal, "en-US,en;q=0.9");
        await danish.SignInAsync();
        await english.SignInAsync();
        foreach (var path in Addresses.SignedIn)
        {
            await danish.OpenAsync(path);
            await english.OpenAsync(path);

            Assert.Equal("da", danish.Page.DocumentElement.GetAttribute("lang"));
            Assert.Equal("en", english.Page.DocumentElement.GetAttribute("lang"));
            english.Page.QuerySelectorAll("[lang=da]").ToList().ForEach(e => e.Remove());
            Assert.DoesNotMatch(DanishLetters(), english.Page.Body!.TextContent);
            Assert.NotEqual(danish.Page.QuerySelector("main")!.TextContent, english.Page.QuerySelector("main")!.TextContent);
        }
    }

    [Fact]
    public async Task Pages_WhenNobodyIsSignedIn_LeadToSignInAndBack()
    {
        using var visitor = new Visitor(_portal);
        foreach (var path in Addresses.SignedIn)
        {
            await visitor.OpenAsync(path);

            Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
            Assert.EndsWith("/sign-in?returnUrl=" + Uri.EscapeDataString(path), visitor.Answer.Headers.Location!.ToString(), StringComparison.Ordinal);
            Assert.Empty(_api.Requests);
        }
    }

    [Fact]
    public async Task Pages_WhenTheApiIsAway_SaySoAndOfferToTryAgain()
    {
        using var visitor = await SignedInAsync();
        await _api.DisposeAsync();
        foreach (var path in Addresses.SignedIn)
        {
            await visitor.OpenAsync(path);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, visitor.Answer.StatusCode);
            Assert.Equal("OS2iot svarer ikke lige nu", visitor.Page.QuerySelector("h1")!.TextContent);
            Assert.NotNull(visitor.Page.QuerySelector(".btn-primary[href^='/']"));
            Assert.DoesNotContain("Exception", visitor.Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lists_WhenEmpty_SayWhatToDoNext()
    {
        _api.IsEmpty = true;
        using var visitor = await SignedInAsync();
        foreach (var path in new[] { "/applications", "/applications/1", "/applications/1/data-targets", "/payload-decoders", "/organizations", "/data-targets/1" })
        {
            await visitor.OpenAsync(path);
            Assert.NotNull(visitor.Page.QuerySelector(".empty h2"));
            Assert.NotNull(visitor.Page.QuerySelector(".empty a.btn-primary"));
        }
    }

    [Fact]
    public async Task Buttons_WhenTheUserMayOnlyRead_AreNotThere()
    {
        _api.IsGlobalAdmin = _api.MayWrite = false;
        using var visitor = await SignedInAsync();
        foreach (var path in new[] { "/applications", "/applications/1", "/applications/1/data-targets", "/devices/1", "/data-targets/1", "/payload-decoders", "/payload-decoders/1" })
        {
            await visitor.OpenAsync(path);
            Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
            Assert.Empty(visitor.Page.QuerySelectorAll("main a[href$='/edit'], main a[href$='/delete'], main a[href*='/new']"));
            Assert.DoesNotContain(FakeApi.Key, visitor.Html, StringComparison.Ordinal);
        }

        foreach (var path in new[] { "/organizations", "/applications/1/edit", "/devices/1/delete", "/applications/new" })
        {
            await visitor.OpenAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, visitor.Answer.StatusCode);
            Assert.Equal("Du har ikke adgang", visitor.Page.QuerySelector("h1")!.TextContent);
        }
    }

    [Fact]
    public async Task List_WhenSortedAndPaged_AsksTheApiForThatPage()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications?sort=updatedAt&desc=true&page=2");

        Assert.Contains(_api.Requests, r => r.Contains("/application?organizationId=", StringComparison.Ordinal)
            && r.Contains("limit=25&offset=25&orderOn=updatedAt&sort=DESC", StringComparison.Ordinal));
        Assert.Equal("descending", visitor.Page.QuerySelector("th[aria-sort]")!.GetAttribute("aria-sort"));
        Assert.Equal("/applications?sort=updatedAt&desc=true", visitor.Page.QuerySelector("a[rel=prev]")!.GetAttribute("href"));
        Assert.Contains("26–31 af 31", visitor.Page.QuerySelector(".pager")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_WhenUnknown_IsAFriendly404()
    {
        using var visitor = await SignedInAsync();
        foreach (var path in new[] { "/nowhere", "/devices/404", "/applications/404", "/devices/notanumber" })
        {
            await visitor.OpenAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, visitor.Answer.StatusCode);
            Assert.Equal("Siden findes ikke", visitor.Page.QuerySelector("h1")!.TextContent);
        }
    }

    [Fact]
    public async Task Device_WhenShown_HasACallWithItsKeyMaskedFirst()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/devices/1");

        var blocks = visitor.Page.QuerySelectorAll("section[aria-labelledby=call-title] pre");
        Assert.DoesNotContain(FakeApi.Key, blocks[0].TextContent, StringComparison.Ordinal);
        Assert.Contains($"'https://iot.skovby.example/api/v1/receive-data?apiKey={FakeApi.Key}'", blocks[1].TextContent, StringComparison.Ordinal);
        Assert.NotNull(blocks[1].Closest("details"));
    }

    [Fact]
    public async Task Device_WhenItHasMessages_ShowsWhatBecameOfEach()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/devices/1");

        var cards = visitor.Page.QuerySelectorAll("[data-message]");
        Assert.Equal(5, cards.Length);
        Assert.Contains("Leveret", cards[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("\"waterLevel\": 1.84", cards[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("næste forsøg kl.", cards[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("HTTP 503", cards[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("TypeError", cards[2].TextContent, StringComparison.Ordinal);
        Assert.Contains("Opgivet", cards[3].TextContent, StringComparison.Ordinal);
        Assert.Equal("/devices/1?before=cursor%2B1%2F%3D#messages-title", visitor.Page.QuerySelector(".older a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Health_WhenTheApiGoesAway_IsLiveButNotReady()
    {
        using var http = _portal.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode);
        await _api.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode);
    }

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }

    [GeneratedRegex("[æøåÆØÅ]")]
    private static partial Regex DanishLetters();
}
