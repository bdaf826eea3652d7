using System.Net;

namespace OS2iot.Tests.Portal;

public sealed class AdministrationPageTests : IAsyncLifetime
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
    [InlineData("/users")]
    [InlineData("/users/1")]
    [InlineData("/users/1/edit")]
    [InlineData("/users/awaiting")]
    [InlineData("/permissions/new")]
    [InlineData("/api-keys")]
    [InlineData("/audit-log")]
    public async Task Pages_WhenTheUserManagesNobody_AreRefusedAndNotInTheMenu(string path)
    {
        _api.IsGlobalAdmin = _api.MayWrite = false;
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync("/applications");
        Assert.Null(visitor.Page.QuerySelector("nav.side a[href='/users'], nav.side a[href='/api-keys'], nav.side a[href='/audit-log']"));
        await visitor.OpenAsync(path);
        Assert.Equal(HttpStatusCode.Forbidden, visitor.Answer.StatusCode);
    }

    [Fact]
    public async Task ApiKey_WhenCreated_IsShownOnce()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/api-keys/new");
        await visitor.SubmitAsync("main form", ("Form.Name", "Dashboard"), ("Form.PermissionIds", "7"));
        Assert.Contains(FakeApi.Key, visitor.Html, StringComparison.Ordinal);

        await visitor.OpenAsync("/api-keys");
        Assert.DoesNotContain(FakeApi.Key, visitor.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Accept", "PUT /api/v1/permission/acceptUser")]
    [InlineData("Reject", "PUT /api/v1/user/rejectUser")]
    public async Task AccessRequest_WhenAnswered_TakesTheReasonAlong(string handler, string request)
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/users/awaiting");
        var form = visitor.Page.QuerySelector("main form:has([name=userId])")!;
        form.SetAttribute("action", form.QuerySelector($"button[formaction$='{handler}']")!.GetAttribute("formaction")!);
        form.Id = "answer";

        await visitor.SubmitAsync("#answer", ("permissionIds", "7"), ("reason", " Velkommen til "));

        var sent = Assert.Single(_api.Bodies, b => b.Request == request).Body!;
        Assert.Equal("Velkommen til", sent["reason"]!.ToString());
        Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
    }

    [Fact]
    public async Task Search_WhenSuggesting_LeadsToEachKindOfThing()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/search?handler=Suggest&q=havn");

        Assert.Contains(_api.Requests, r => r.EndsWith("/search?q=havn&limit=8&offset=0", StringComparison.Ordinal));
        Assert.Equal(
            ["/devices/1", "/applications/2", "/gateways/" + FakeApi.GatewayId],
            visitor.Page.QuerySelectorAll("a").Select(a => a.GetAttribute("href")));
    }

    [Fact]
    public async Task Columns_WhenChosen_AreRememberedAndTheOthersHidden()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/users");
        Assert.NotNull(visitor.Page.QuerySelector("td[data-label='Sidste login']"));

        await visitor.SubmitAsync("#columns form", ("columns", "email"));
        await visitor.OpenAsync("/users");
        Assert.NotNull(visitor.Page.QuerySelector("td[data-label='E-mail']"));
        Assert.Null(visitor.Page.QuerySelector("td[data-label='Sidste login']"));
    }

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }
}
