using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class KombitTests(ApiHost api)
{
    [Theory]
    [InlineData("https://portal.example.dk/login", "https://portal.example.dk/login?error=MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData("https://PORTAL.example.dk/a?b=c", "https://portal.example.dk/a?b=c&error=MESSAGE.KOMBIT-LOGIN-FAILED")]
    [Covers("GET /auth/kombit/login")]
    public async Task Login_WhenNotSetUp_SendsTheBrowserBackWithTheReason(string redirect, string location)
    {
        var answer = (await api.Anonymous().Get($"auth/kombit/login?redirect={Uri.EscapeDataString(redirect)}")).Is(HttpStatusCode.Found);

        Assert.Equal(location, answer.Headers.Location?.AbsoluteUri);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://evil.example/")]
    [InlineData("https://portal.example.dk@evil.example/")]
    [InlineData("https://portal.example.dk.evil.example/")]
    [InlineData("http://portal.example.dk/")]
    [InlineData("https://portal.example.dk:444/")]
    [InlineData("//portal.example.dk/")]
    [InlineData("javascript:alert(1)")]
    [Covers("GET /auth/kombit/login")]
    public async Task Login_WhenToBeSentElsewhere_IsRefused(string redirect)
    {
        var answer = (await api.Anonymous().Get($"auth/kombit/login?redirect={Uri.EscapeDataString(redirect)}")).Is(HttpStatusCode.Unauthorized);

        Assert.Equal(["path", "statusCode", "timestamp"], answer.Json.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("/api/v1/auth/kombit/login", answer["path"].GetString());
    }

    [Fact]
    [Covers("POST /auth/kombit/login/callback")]
    public async Task Callback_WhenNotSetUp_LetsNobodyIn() =>
        (await api.Anonymous().PostText("auth/kombit/login/callback", "SAMLResponse=eA==", "application/x-www-form-urlencoded")).Is(HttpStatusCode.Unauthorized);

    [Fact]
    [Covers("GET /auth/kombit/metadata")]
    public async Task Metadata_WhenAskedFor_IsNotThere() => (await api.Anonymous().Get("auth/kombit/metadata")).Is(HttpStatusCode.NotFound);

    [Fact]
    [Covers("GET /auth/kombit/logout")]
    [Covers("GET /auth/kombit/logout/callback")]
    public async Task Logout_WhenTokenIsInTheAddress_EndsOnAPageThatSaysSo()
    {
        var signedIn = await api.SignedInAsNobody();

        var away = (await api.Anonymous().Get($"auth/kombit/logout?secret_token={signedIn.Token}")).Is(HttpStatusCode.Found);

        Assert.Equal("/api/v1/auth/kombit/logout/callback", away.Headers.Location?.OriginalString);
        Assert.Equal("Logged out ...", (await api.Anonymous().Get("auth/kombit/logout/callback")).Is(HttpStatusCode.OK).Text);
        (await signedIn.Get("auth/kombit/logout")).Is(HttpStatusCode.Unauthorized); // the token's session has ended
        (await (await api.SignedInAsNobody()).Get("auth/kombit/logout")).Is(HttpStatusCode.Found);
        (await api.Anonymous().Get("auth/kombit/logout")).Is(HttpStatusCode.Unauthorized);
        (await api.Anonymous().Get("auth/kombit/logout?secret_token=x")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /auth/kombit/logout")]
    public async Task Logout_WhenTokenIsInTheAddress_LeavesItInNoLogLineAndNoSpan()
    {
        var lines = new LogLines();
        using var spans = new Spans();
        await using var observed = api.Another(builder =>
        {
            builder.UseSetting("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
            builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(lines));
            builder.ConfigureTestServices(services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans)));
        });
        var client = new ApiClient(observed.CreateClient(ApiHost.NoRedirects));
        var token = (await api.SignedInAsNobody()).Token;

        (await client.Get($"auth/kombit/logout?secret_token={token}")).Is(HttpStatusCode.Found);
        (await client.Get($"auth/kombit/logout?secret_token={token}x")).Is(HttpStatusCode.Unauthorized);
        (await client.Get($"no/such/address?secret_token={token}")).Is(HttpStatusCode.NotFound);

        Assert.NotEmpty(lines.All);
        Assert.Contains(spans.Seen, s => s.Contains("/auth/kombit/logout", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.All, line => line.Contains(token!, StringComparison.Ordinal));
        Assert.DoesNotContain(spans.Seen, span => span.Contains(token!, StringComparison.Ordinal));
    }

    /// <summary>What leaves the process: it comes after the processors that every host has.</summary>
    private sealed class Spans : BaseProcessor<Activity>
    {
        private readonly ConcurrentQueue<string> _seen = new();

        public IReadOnlyCollection<string> Seen => _seen;

        public override void OnEnd(Activity data) => _seen.Enqueue(
            $"{data.DisplayName} {string.Join(' ', data.TagObjects)} {string.Join(' ', data.Events.SelectMany(e => e.Tags))} {string.Join(' ', data.Baggage)}");
    }
}
