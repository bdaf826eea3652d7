using System.Net;
using OS2iot.Simulator.IdentityProvider;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.SignIn;

/// <summary>From the portal to the identity provider and back, with two of each of ours.</summary>
[Collection(ApiCollection.Name)]
public sealed class PortalSignInTests(ApiHost host) : IAsyncLifetime
{
    private TwoPortals _system = null!;

    private int _organization;

    public async ValueTask InitializeAsync()
    {
        _organization = await host.AnOrganization();
        _system = await TwoPortals.StartAsync(host, _organization);
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task SignIn_WhenNew_AsksWhereToBelongAndBothPortalsKnowTheSession()
    {
        using var anna = _system.APerson();
        var email = $"{Guid.NewGuid():N}@example.dk";

        await anna.SignInAsync("anna");

        Assert.Equal("/access", anna.Location);
        Assert.Equal(HttpStatusCode.OK, await anna.OpenAsync("/access"));
        Assert.True(anna.Page.QuerySelector($"input[value='{_organization}']")!.HasAttribute("checked"));
        Assert.Equal("anna@skovby.example", anna.Page.QuerySelector("#Email")!.GetAttribute("value"));
        await anna.SubmitAsync("form[method=post]", ("Email", email), ("Organizations", $"{_organization}"));
        Assert.Equal("/applications", anna.Location);
        var awaiting = (await (await host.SignedInAsUserAdminOf(_organization)).Get($"user/awaitingUsers/{_organization}")).Is(HttpStatusCode.OK);
        Assert.Equal(email, Assert.Single(awaiting["data"].EnumerateArray()).GetProperty("email").GetString());
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await anna.OpenAsync("/account"));
        }
    }

    [Fact]
    public async Task Answer_WhenARequestWasRejected_TellsTheUserWhy()
    {
        using var anna = _system.APerson();
        var email = $"{Guid.NewGuid():N}@example.dk";
        await anna.SignInAsync("anna");
        await anna.OpenAsync("/access");
        await anna.SubmitAsync("form[method=post]", ("Email", email), ("Organizations", $"{_organization}"));
        var admin = await host.SignedInAsUserAdminOf(_organization);
        var id = (await admin.Get($"user/awaitingUsers/{_organization}"))["data"][0].GetProperty("id").GetInt32();

        (await admin.Put("user/rejectUser", new { orgId = _organization, userIdToReject = id, reason = "Wrong <b>department</b>\nAsk Bo" })).Is(HttpStatusCode.OK);

        var mail = Assert.Single(host.Mailer.To(email));
        Assert.Contains("Wrong &lt;b&gt;department&lt;/b&gt;<br>Ask Bo", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task SignIn_WhenToBeSentElsewhere_StaysHere(string returnUrl)
    {
        using var bo = _system.APerson();
        await bo.SignInAsync("bo");
        await GiveRightsAsync("bo");

        await bo.SignInAsync("bo", returnUrl);

        Assert.Equal("/applications", bo.Location);
    }

    [Theory]
    [InlineData(nameof(TokenFault.WrongSignature), "provider")]
    [InlineData(nameof(TokenFault.AlgorithmNone), "provider")]
    [InlineData(nameof(TokenFault.OtherNonce), "provider")]
    [InlineData(nameof(TokenFault.Expired), "provider")]
    [InlineData(nameof(TokenFault.OtherAudience), "provider")]
    [InlineData(nameof(TokenFault.WrongRole), "role")]
    public async Task SignIn_WhenTheTokenIsAtFault_SaysSoAndKeepsNoSession(string fault, string failure)
    {
        using var anna = _system.APerson();
        _system.Provider.Sessions.NextFault = Enum.Parse<TokenFault>(fault);

        await anna.SignInAsync("anna");

        Assert.Equal($"/sign-in?failure={failure}", anna.Location);
        Assert.Null(anna.SessionCookie);
        Assert.Equal(HttpStatusCode.OK, await anna.OpenAsync(anna.Location!));
        Assert.NotNull(anna.Page.QuerySelector("[role=status]"));
    }

    [Fact]
    public async Task Callback_WhenStateIsChangedStolenOrUsed_LetsNobodyIn()
    {
        using var anna = _system.APerson();
        using var thief = _system.APerson();
        var callback = await anna.ToCallbackAsync("anna");

        await anna.OpenAsync(callback.Replace("state=", "state=x", StringComparison.Ordinal));
        Assert.Equal("/sign-in?failure=provider", anna.Location);
        Assert.Null(anna.SessionCookie);
        await thief.OpenAsync(callback);
        Assert.Equal("/sign-in?failure=provider", thief.Location);
        Assert.Null(thief.SessionCookie);

        callback = await anna.ToCallbackAsync("anna");
        await anna.OpenAsync(callback);
        Assert.NotNull(anna.SessionCookie);
        await thief.OpenAsync(callback);
        Assert.Null(thief.SessionCookie);
        await anna.OpenAsync(callback);
        Assert.Equal("/sign-in?failure=provider", anna.Location);
    }

    [Fact]
    public async Task Session_WhenPlantedBeforeSignIn_IsReplaced()
    {
        using var attacker = _system.APerson();
        await attacker.SignInAsync("bo");
        using var victim = _system.APerson();
        victim.Cookies.Add(new Uri("http://localhost/"), new Cookie("os2iot.session", attacker.SessionCookie));

        await victim.SignInAsync("anna");

        Assert.NotEqual(attacker.SessionCookie, victim.SessionCookie);
        await attacker.OpenAsync("/account");
        Assert.Contains("Bo", attacker.Page.QuerySelector("#user-menu")!.TextContent, StringComparison.Ordinal);
        await victim.OpenAsync("/account");
        Assert.Contains("Anna", victim.Page.QuerySelector("#user-menu")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/account?handler=endOthers")]
    [InlineData("/account?handler=password")]
    [InlineData("/access")]
    [InlineData("/sign-out")]
    [InlineData("/sign-in/forgotten-password")]
    [InlineData("/sign-in/new-password")]
    public async Task Form_WhenAnotherSiteSendsIt_IsRefused(string path)
    {
        using var anna = _system.APerson();
        await anna.SignInAsync("anna");

        await anna.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([KeyValuePair.Create("Email", "a@example.dk")]) });

        Assert.Equal(HttpStatusCode.BadRequest, anna.Answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await anna.OpenAsync("/account"));
    }

    [Fact]
    public async Task Session_WhenTheUserIsSwitchedOff_EndsWithTheNextPage()
    {
        using var anna = _system.APerson();
        await anna.SignInAsync("anna");
        await host.Database.ExecuteAsync($"UPDATE users SET active = false WHERE issuer = '{_system.Provider.Authority}'");

        await anna.OpenAsync("/account");

        Assert.StartsWith("/sign-in?expired=true", anna.Location, StringComparison.Ordinal);
        Assert.Null(anna.SessionCookie);
    }

    [Fact]
    public async Task Session_WhenTheProviderEndsIt_EndsHere()
    {
        using var anna = _system.APerson();
        await anna.SignInAsync("anna");
        Assert.Equal(HttpStatusCode.OK, await anna.OpenAsync("/account"));
        var session = Assert.Single(_system.Provider.Sessions.All);
        var logout = _system.Provider.Tokens.LogoutToken(_system.Provider.Authority, FakeIdentityProvider.ClientId, session.Subject, session.Sid);

        using var provider = _system.APerson();
        await provider.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/oidc/backchannel-logout") { Content = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", logout)]) });
        Assert.Equal(HttpStatusCode.OK, provider.Answer.StatusCode);

        await anna.OpenAsync("/account");
        Assert.StartsWith("/sign-in?expired=true", anna.Location, StringComparison.Ordinal);
        await anna.SignInAsync("anna");
        session = _system.Provider.Sessions.All.Last(s => s.Sid != session.Sid);
        await provider.OpenAsync($"/oidc/frontchannel-logout?iss={Uri.EscapeDataString(_system.Provider.Authority)}&sid={session.Sid}");
        Assert.Equal(HttpStatusCode.OK, provider.Answer.StatusCode);
        await anna.OpenAsync("/account");
        Assert.StartsWith("/sign-in?expired=true", anna.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignOut_WhenSignedInAtTheProvider_EndsBothSessions()
    {
        using var anna = _system.APerson();
        await anna.SignInAsync("anna");
        await anna.OpenAsync("/account");
        var stolen = anna.SessionCookie;

        await anna.SubmitAsync("form[action='/sign-out']");

        // Not a redirect: browsers hold the address that a form ends at against the policy, and providers send people on.
        Assert.Equal(HttpStatusCode.OK, anna.Answer.StatusCode);
        Assert.Contains("form-action 'self';", Assert.Single(anna.Answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        var away = anna.Page.QuerySelector("main a.btn")!.GetAttribute("href")!;
        Assert.Equal("0; url=" + away, anna.Page.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content"));
        Assert.StartsWith(_system.Provider.Authority + "connect/logout?", away, StringComparison.Ordinal);
        Assert.Contains("id_token_hint=", away, StringComparison.Ordinal);
        Assert.Null(anna.SessionCookie);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var back = await http.GetAsync(away, TestContext.Current.CancellationToken);
        Assert.Empty(_system.Provider.Sessions.All);
        await anna.OpenAsync(back.Headers.Location!.PathAndQuery);
        Assert.Equal("/sign-in?signedOut=true", anna.Location);

        // The cookie may have been copied: it opens nothing any more.
        using var thief = _system.APerson();
        thief.Cookies.Add(new Uri("http://localhost/"), new Cookie("os2iot.session", stolen));
        await thief.OpenAsync("/account");
        Assert.StartsWith("/sign-in?expired=true", thief.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_WhenSignedInTwice_ShowsAndEndsTheOther()
    {
        using var here = _system.APerson();
        using var there = _system.APerson();
        await here.SignInAsync("anna");
        await there.SignInAsync("anna");
        await here.OpenAsync("/account");
        Assert.Equal(2, here.Page.QuerySelectorAll("#sessions li").Length);

        await here.SubmitAsync("form[action='/account?handler=endOthers']");
        Assert.Equal("/account", here.Location);

        await there.OpenAsync("/account");
        Assert.StartsWith("/sign-in?expired=true", there.Location, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await here.OpenAsync("/account"));
    }

    private async Task GiveRightsAsync(string login)
    {
        var subject = TownUser.All.Single(u => u.Login == login).Subject;
        var id = await host.Database.ScalarAsync<int>($"SELECT id FROM users WHERE issuer = '{_system.Provider.Authority}' AND subject = '{subject}'");
        await host.APermission(_organization, [id]);
    }
}
