using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.Extensions.Logging;
using OS2iot.Portal.Api;
using OS2iot.Tests.Api;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.Portal;

namespace OS2iot.Tests.SignIn;

/// <summary>Two portals, each with an Api of its own, on one database and with one identity provider, as behind one address.</summary>
internal sealed class TwoPortals : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _running = [];

    private readonly string _keys = Directory.CreateTempSubdirectory("os2iot-keys").FullName;

    private TwoPortals(FakeIdentityProvider provider) => Provider = provider;

    public FakeIdentityProvider Provider { get; private set; }

    public List<WebApplicationFactory<ListState>> Portals { get; } = [];

    /// <summary>What all of them log.</summary>
    public LogLines Lines { get; } = new();

    /// <param name="host">The database.</param>
    /// <param name="organization">Proposed to people of Skovby.</param>
    /// <param name="onPorts">Portals that a browser can reach, at an address of their own.</param>
    public static async Task<TwoPortals> StartAsync(ApiHost host, int organization, bool onPorts = false)
    {
        var system = new TwoPortals(await FakeIdentityProvider.StartAsync());
        for (var i = 0; i < 2; i++)
        {
            var api = host.Another(builder =>
            {
                system.Configure(builder);
                builder.UseSetting("Oidc:Organizations:11111111", organization.ToString(System.Globalization.CultureInfo.InvariantCulture));
                builder.UseSetting("Jwt:ShortLifetime", "00:01:00"); // so that the portals renew with each page
            });
            api.UseKestrel();
            api.StartServer();
            var portal = new RunningPortal(api.ClientOptions.BaseAddress.ToString()).WithWebHostBuilder(builder =>
            {
                system.Configure(builder);
                builder.UseSetting("Portal:KeysDirectory", system._keys);
                builder.UseSetting("Secrets:MasterKey", "the portals' master key of more than 32 characters");
                builder.UseSetting("Api:Timeout", "00:00:30");
            });
            if (onPorts)
            {
                portal.UseKestrel();
                portal.StartServer();
            }

            system.Portals.Add(portal);
            system._running.Add(portal);
            system._running.Add(api);
        }

        return system;
    }

    public async Task ChangeProviderKeysAsync()
    {
        var authority = Provider.Authority;
        await Provider.DisposeAsync();
        Provider = await FakeIdentityProvider.StartAsync(authority);
    }

    public Person APerson(string address = "http://localhost/") => new(this, address);

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _running)
        {
            await part.DisposeAsync();
        }

        await Provider.DisposeAsync();
        Directory.Delete(_keys, recursive: true);
    }

    private void Configure(IWebHostBuilder builder)
    {
        builder.UseUrls("http://127.0.0.1:0");
        builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Lines));
        builder.UseSetting("Portal:PublicUrl", "http://localhost/");
        builder.UseSetting("Oidc:Authority", Provider.Authority);
        builder.UseSetting("Oidc:ClientId", FakeIdentityProvider.ClientId);
        builder.UseSetting("Oidc:ClientSecret", "a secret");
    }

    /// <summary>Sends each request to the portal whose turn it is.</summary>
    internal sealed class TakingTurns(IReadOnlyList<HttpMessageHandler> portals) : HttpMessageHandler
    {
        private readonly List<HttpMessageInvoker> _portals = [.. portals.Select(p => new HttpMessageInvoker(p))];

        private int _next;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _portals[Interlocked.Increment(ref _next) % _portals.Count].SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _portals.ForEach(p => p.Dispose());
            base.Dispose(disposing);
        }
    }
}

/// <summary>A browser without script that keeps cookies, and whose requests go to both portals in turn.</summary>
internal sealed class Person : IDisposable
{
    private readonly HttpClient _http;

    private readonly Uri _address;

    public Person(TwoPortals system, string address)
    {
        _address = new Uri(address);
        var turns = new TwoPortals.TakingTurns([.. system.Portals.Select(p => p.Server.CreateHandler())]);
        _http = new HttpClient(new CookieContainerHandler(Cookies) { InnerHandler = turns }) { BaseAddress = _address };
    }

    public CookieContainer Cookies { get; } = new();

    public HttpResponseMessage Answer { get; private set; } = null!;

    public IHtmlDocument Page { get; private set; } = null!;

    public string? Location => Answer.Headers.Location?.OriginalString;

    public string? SessionCookie => Cookies.GetCookies(_address)["os2iot.session"]?.Value;

    /// <summary>Sent with each request.</summary>
    public System.Net.Http.Headers.HttpRequestHeaders Headers => _http.DefaultRequestHeaders;

    public IReadOnlyList<string> SetCookies => Answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [];

    public async Task<HttpStatusCode> OpenAsync(string path)
    {
        await SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        return Answer.StatusCode;
    }

    /// <summary>Goes to the identity provider and chooses a user; answers the address to come back to.</summary>
    public async Task<string> ToCallbackAsync(string user, string returnUrl = "/applications")
    {
        Assert.Equal(HttpStatusCode.Found, await OpenAsync("/sign-in/external?returnUrl=" + Uri.EscapeDataString(returnUrl)));
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var back = await http.GetAsync($"{Location}&user={user}", TestContext.Current.CancellationToken);
        return back.Headers.Location!.PathAndQuery;
    }

    public async Task SignInAsync(string user, string returnUrl = "/applications") => await OpenAsync(await ToCallbackAsync(user, returnUrl));

    /// <summary>By e-mail and password.</summary>
    public async Task SignInLocallyAsync(string email, string password)
    {
        await OpenAsync("/sign-in");
        await SubmitAsync("form[action='/sign-in']", ("Email", email), ("Password", password));
    }

    public Task SubmitAsync(string form, params (string Name, string Value)[] fields)
    {
        var element = Assert.IsAssignableFrom<IHtmlFormElement>(Page.QuerySelector(form));
        var hidden = element.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>().Select(e => KeyValuePair.Create(e.Name!, e.Value));
        var action = element.GetAttribute("action") ?? Answer.RequestMessage!.RequestUri!.PathAndQuery;
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, action)
        {
            Content = new FormUrlEncodedContent(hidden.Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)))),
        });
    }

    public async Task SendAsync(HttpRequestMessage request)
    {
        Answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Page = new HtmlParser().ParseDocument(await Answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => _http.Dispose();
}
