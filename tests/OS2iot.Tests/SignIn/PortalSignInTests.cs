using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.WebUtilities;
using OS2iot.Simulator.IdentityProvider;
using OS2iot.Tests.Api;
using OtpNet;

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
        var admin = await host.SignedInAsUserAdminOf(_organization);
        var administrator = await host.Database.ScalarAsync<string>($"SELECT email FROM users WHERE id = {admin.UserId}");

        await anna.SignInAsync("anna");

        Assert.Equal("/access", anna.Location);
        Assert.Equal(HttpStatusCode.OK, await anna.OpenAsync("/access"));
        Assert.True(anna.Page.QuerySelector($"input[value='{_organization}']")!.HasAttribute("checked"));
        Assert.Equal("anna@skovby.example", anna.Page.QuerySelector("#Email")!.GetAttribute("value"));
        await anna.SubmitAsync("form[method=post]", ("Email", email), ("Organizations", $"{_organization}"));
        Assert.Equal("/applications", anna.Location);
        var awaiting = (await admin.Get($"user/awaitingUsers/{_organization}")).Is(HttpStatusCode.OK);
        Assert.Equal(email, Assert.Single(awaiting["data"].EnumerateArray()).GetProperty("email").GetString());
        Assert.Contains("http://localhost/users/awaiting", Assert.Single(host.Mailer.To(administrator)).HtmlBody, StringComparison.Ordinal);
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
    [InlineData(nameof(TokenFault.OtherIssuer), "provider")]
    [InlineData(nameof(TokenFault.UnknownKey), "provider")]
    [InlineData(nameof(TokenFault.PublicKeyAsSecret), "provider")]
    [InlineData(nameof(TokenFault.NotYetValid), "provider")]
    [InlineData(nameof(TokenFault.BrokenPrivileges), "role")]
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
    public async Task SignIn_WhenBegun_SendsProofStateAndNonceAlong()
    {
        using var anna = _system.APerson();
        using var bo = _system.APerson();

        await anna.OpenAsync("/sign-in/external");
        await bo.OpenAsync("/sign-in/external");

        var (hers, his) = (QueryHelpers.ParseQuery(new Uri(anna.Location!).Query), QueryHelpers.ParseQuery(new Uri(bo.Location!).Query));
        Assert.Equal("code", hers["response_type"]);
        Assert.Equal("S256", hers["code_challenge_method"]);
        foreach (var once in new[] { "code_challenge", "state", "nonce" })
        {
            Assert.True(hers[once].ToString().Length > 30, once);
            Assert.NotEqual(hers[once], his[once]);
        }
    }

    [Fact]
    public async Task Callback_WhenTheCodeIsOfAnotherSignIn_LetsNobodyIn()
    {
        using var anna = _system.APerson();
        using var thief = _system.APerson();
        var stolen = await anna.ToCallbackAsync("anna");
        var own = await thief.ToCallbackAsync("bo");
        var (hers, his) = (QueryHelpers.ParseQuery(stolen[stolen.IndexOf('?', StringComparison.Ordinal)..]), QueryHelpers.ParseQuery(own[own.IndexOf('?', StringComparison.Ordinal)..]));

        // Her code with his state: whether he wants to be her, or her to be him without knowing.
        await thief.OpenAsync(own.Replace(Uri.EscapeDataString(his["code"]!), Uri.EscapeDataString(hers["code"]!), StringComparison.Ordinal));

        Assert.Equal("/sign-in?failure=provider", thief.Location);
        Assert.Null(thief.SessionCookie);
    }

    [Fact]
    public async Task SignIn_WhenTheRoleWasTakenAway_EndsTheSessionThatIsOpen()
    {
        using var here = _system.APerson();
        using var there = _system.APerson();
        await here.SignInAsync("anna");
        await there.SignInAsync("anna");
        _system.Provider.Sessions.NextFault = TokenFault.WrongRole;

        await here.SignInAsync("anna");

        Assert.Equal("/sign-in?failure=role", here.Location);
        foreach (var browser in new[] { here, there })
        {
            await browser.OpenAsync("/account");
            Assert.StartsWith("/sign-in?expired=true", browser.Location, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SignIn_WhenTheProviderHasNewKeys_GoesOn()
    {
        using var anna = _system.APerson();
        await anna.SignInAsync("anna");
        await anna.SignInAsync("anna"); // at the other portal, so that each knows the old keys

        await _system.ChangeProviderKeysAsync();

        for (var i = 0; i < 2; i++)
        {
            await anna.SignInAsync("anna");
            Assert.True(anna.Location == "/access", $"{anna.Location}\n{string.Join('\n', _system.Lines.All.Where(l => l.StartsWith("Warning", StringComparison.Ordinal) || l.StartsWith("Error", StringComparison.Ordinal)))}");
        }
    }

    [Fact]
    public async Task Cookies_WhenTheConnectionIsEncrypted_AreSentOverNoOther()
    {
        using var anna = _system.APerson("https://localhost/");
        await anna.OpenAsync("/sign-in/external");
        var began = anna.SetCookies;
        Assert.Equal(2, began.Count); // state and nonce

        await anna.SignInAsync("anna");

        foreach (var cookie in began.Concat(anna.SetCookies).Where(c => c.Contains("os2iot.", StringComparison.Ordinal) && !c.Contains("expires=Thu, 01 Jan 1970", StringComparison.Ordinal)))
        {
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        }

        Assert.NotNull(anna.SessionCookie);
        Assert.Equal("max-age=31536000", Assert.Single(anna.Answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.Equal("DENY", Assert.Single(anna.Answer.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("nosniff", Assert.Single(anna.Answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(anna.Answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Account_WhenSignedIn_ShowsTheBrowserAndNotThePortal()
    {
        using var anna = _system.APerson();
        anna.Headers.Add("X-Forwarded-For", "203.0.113.77");
        anna.Headers.UserAgent.ParseAdd("Annas-Browser/1.0");
        await anna.SignInAsync("anna");

        await anna.OpenAsync("/account");

        var session = anna.Page.QuerySelector("#sessions li")!.TextContent;
        Assert.Contains("203.0.113.77", session, StringComparison.Ordinal);
        Assert.Contains("Annas-Browser/1.0", session, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneTimeCodes_WhenTurnedOn_AreAskedForAtSignIn()
    {
        var email = await host.AUser(4);
        using var user = _system.APerson();
        await user.SignInLocallyAsync(email, ApiHost.Password);
        Assert.Equal("/applications", user.Location);
        await user.OpenAsync("/account");
        await user.SubmitAsync("form[action='/account?handler=offerCodes']");
        var secret = user.Page.QuerySelector("#secret")!.TextContent;
        await user.SubmitAsync("form[action='/account?handler=useCodes']", ("Code", "000000"), ("PasswordForCodes", ApiHost.Password));
        Assert.NotNull(user.Page.QuerySelector("[role=alert]"));
        Assert.Equal(secret, user.Page.QuerySelector("#secret")!.TextContent);
        await user.SubmitAsync("form[action='/account?handler=useCodes']", ("Code", CodeOf(secret, 0)), ("PasswordForCodes", ApiHost.Password));
        Assert.Equal(10, user.Page.QuerySelectorAll("#recovery-codes li").Length);
        await user.SubmitAsync("form[action='/sign-out']");

        await user.SignInLocallyAsync(email, ApiHost.Password);
        Assert.Null(user.SessionCookie);
        Assert.Equal("", user.Page.QuerySelector("#Password")!.GetAttribute("value") ?? "");
        await user.SubmitAsync("form[action='/sign-in']", ("Email", email), ("Password", ApiHost.Password), ("Code", CodeOf(secret, 30)));

        Assert.Equal("/applications", user.Location);
        Assert.Equal(HttpStatusCode.OK, await user.OpenAsync("/account"));
        await user.SubmitAsync("form[action='/account?handler=stopCodes']", ("PasswordForCodes", ApiHost.Password));
        Assert.Equal("/account", user.Location);
    }

    [Fact]
    public async Task Password_WhenForgotten_IsChosenAnewByTheLinkInTheMail()
    {
        const string Chosen = "a longer one for autumn rain";
        var email = await host.AUser(4);
        using var user = _system.APerson();
        using var elsewhere = _system.APerson();
        await elsewhere.SignInLocallyAsync(email, ApiHost.Password);
        await user.OpenAsync("/sign-in/forgotten-password");
        await user.SubmitAsync("form[method=post]", ("Email", email));
        Assert.NotNull(user.Page.QuerySelector("[role=status]"));
        var link = await LinkInMailAsync(email);

        Assert.Equal(HttpStatusCode.OK, await user.OpenAsync(link));
        Assert.Equal("no-referrer", Assert.Single(user.Answer.Headers.GetValues("Referrer-Policy")));
        await user.SubmitAsync("form[action='/sign-in/new-password']", ("Password", "password1234"));
        Assert.NotNull(user.Page.QuerySelector("[role=alert]"));
        await user.SubmitAsync("form[action='/sign-in/new-password']", ("Password", Chosen));

        Assert.Equal("/sign-in?changed=true", user.Location);
        await elsewhere.OpenAsync("/account");
        Assert.StartsWith("/sign-in?expired=true", elsewhere.Location, StringComparison.Ordinal);
        await user.SignInLocallyAsync(email, Chosen);
        Assert.Equal("/applications", user.Location);
        var token = link.Split("token=")[1];
        Assert.NotEmpty(_system.Lines.All);
        Assert.DoesNotContain(_system.Lines.All, l => l.Contains(token, StringComparison.Ordinal) || l.Contains(Chosen, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Password_WhenChanged_SignsOutElsewhereAndGoesOnHere()
    {
        const string Chosen = "a longer one for winter rain";
        var email = await host.AUser(4);
        using var here = _system.APerson();
        using var there = _system.APerson();
        await here.SignInLocallyAsync(email, ApiHost.Password);
        await there.SignInLocallyAsync(email, ApiHost.Password);
        await here.OpenAsync("/account");

        await here.SubmitAsync("form[action='/account?handler=password']", ("CurrentPassword", "a guess"), ("NewPassword", Chosen));
        Assert.NotNull(here.Page.QuerySelector("[role=alert]"));
        await here.SubmitAsync("form[action='/account?handler=password']", ("CurrentPassword", ApiHost.Password), ("NewPassword", Chosen));

        Assert.Equal("/account", here.Location);
        Assert.Equal(HttpStatusCode.OK, await here.OpenAsync("/account"));
        await there.OpenAsync("/account");
        Assert.StartsWith("/sign-in?expired=true", there.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_WhateverHappensAtSignIn_HoldsNoSecret()
    {
        using var anna = _system.APerson();
        var callback = await anna.ToCallbackAsync("anna");
        var code = QueryHelpers.ParseQuery(callback[callback.IndexOf('?', StringComparison.Ordinal)..])["code"].ToString();
        await anna.OpenAsync(callback);
        var session = anna.SessionCookie!;
        await anna.OpenAsync("/account");
        await anna.OpenAsync(callback);
        _system.Provider.Sessions.NextFault = TokenFault.WrongSignature;
        await anna.SignInAsync("anna");
        await anna.OpenAsync("/account");
        await anna.SubmitAsync("form[action='/sign-out']");
        var idToken = QueryHelpers.ParseQuery(new Uri(anna.Page.QuerySelector("main a.btn")!.GetAttribute("href")!).Query)["id_token_hint"].ToString();

        Assert.NotEmpty(_system.Lines.All);
        foreach (var secret in new[] { code, session, idToken.Split('.')[2], "a secret" })
        {
            Assert.True(secret.Length > 5);
            Assert.DoesNotContain(_system.Lines.All, line => line.Contains(secret, StringComparison.Ordinal));
        }
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

    private static string CodeOf(string secret, int seconds) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds));

    private async Task<string> LinkInMailAsync(string to)
    {
        while (true)
        {
            if (host.Mailer.To(to) is [var mail, ..])
            {
                return new Uri(new HtmlParser().ParseDocument(mail.HtmlBody).QuerySelector("a")!.GetAttribute("href")!).PathAndQuery;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private async Task GiveRightsAsync(string login)
    {
        var subject = TownUser.All.Single(u => u.Login == login).Subject;
        var id = await host.Database.ScalarAsync<int>($"SELECT id FROM users WHERE issuer = '{_system.Provider.Authority}' AND subject = '{subject}'");
        await host.APermission(_organization, [id]);
    }
}
