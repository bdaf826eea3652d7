using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Mvc.Testing;

namespace OS2iot.Tests.Portal;

/// <summary>A person without script: opens pages, fills in forms and sends them.</summary>
internal sealed class Visitor : IDisposable
{
    private readonly HttpClient _http;

    public Visitor(RunningPortal portal, string language = "da")
    {
        _http = portal.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        _http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
    }

    public HttpResponseMessage Answer { get; private set; } = null!;

    public IHtmlDocument Page { get; private set; } = null!;

    public string Html { get; private set; } = "";

    public void Dispose() => _http.Dispose();

    public Task OpenAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public async Task SignInAsync()
    {
        await OpenAsync("/sign-in");
        await SubmitAsync("form[action='/sign-in']", ("Email", FakeApi.Email), ("Password", FakeApi.Password));
        Assert.Equal(HttpStatusCode.Found, Answer.StatusCode);
    }

    /// <summary>Sends a form of the open page with what its fields hold, changed by what is given.</summary>
    public Task SubmitAsync(string form, params (string Name, string Value)[] changes)
    {
        var element = Assert.IsAssignableFrom<IHtmlFormElement>(Page.QuerySelector(form));
        var fields = element.QuerySelectorAll("input[name], textarea[name], select[name]")
            .Where(e => e is not IHtmlInputElement { Type: "checkbox", IsChecked: false })
            .Select(e => KeyValuePair.Create(e.GetAttribute("name")!, ValueOf(e)))
            .Where(f => changes.All(c => c.Name != f.Key))
            .Concat(changes.Select(c => KeyValuePair.Create(c.Name, c.Value)));
        var action = element.GetAttribute("action") ?? Answer.RequestMessage!.RequestUri!.PathAndQuery;
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) });
    }

    public async Task SendAsync(HttpRequestMessage request)
    {
        Answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Html = await Answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Page = new HtmlParser().ParseDocument(Html);
    }

    private static string ValueOf(IElement element) => element switch
    {
        IHtmlTextAreaElement area => area.Value,
        IHtmlSelectElement select => select.Value ?? "",
        IHtmlInputElement input => input.Value,
        _ => "",
    };
}
