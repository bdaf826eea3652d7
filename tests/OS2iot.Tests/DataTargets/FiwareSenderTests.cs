using System.Text;
using Microsoft.AspNetCore.Http;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.Fiware;

namespace OS2iot.Tests.DataTargets;

public sealed class FiwareSenderTests : HttpSenderContract<FiwareSettings>
{
    private const string Entities = """[{"id":"urn:ngsi-ld:Device:1","type":"Device","value":{"type":"Property","value":21.50}}]""";

    private const string WithContext = """{"id":"urn:ngsi-ld:Device:1","type":"Device","@context":["https://example.dk/context.jsonld"]}""";

    protected override FiwareSettings SettingsFor(Uri url, int timeoutMs = 5_000) =>
        new() { Url = url.ToString(), Timeout = timeoutMs, AuthorizationHeader = "Bearer a-secret-of-ours" };

    [Fact]
    public async Task Send_WhenTheContextIsConfigured_SendsEntitiesUnalteredWithALink()
    {
        var settings = SettingsFor(new Uri(Target.Url, "broker/"));
        settings.Context = "https://example.dk/context.jsonld";
        settings.Tenant = "vejle";

        var result = await SendAsync(settings, message: Message(Entities));

        Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
        var (headers, body, _) = Assert.Single(Target.Received);
        Assert.Equal("/broker/ngsi-ld/v1/entityOperations/upsert/", Target.Paths.Single());
        Assert.Equal(Entities, Encoding.UTF8.GetString(body));
        Assert.Equal("application/json", headers.ContentType);
        Assert.Equal("<https://example.dk/context.jsonld>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"", headers.Link);
        Assert.Equal("vejle", headers["NGSILD-Tenant"]);
        Assert.Equal("Bearer a-secret-of-ours", headers.Authorization);
    }

    [Fact]
    public async Task Send_WhenAnEntityCarriesItsContext_SaysSoAndPutsItInAnArray()
    {
        var settings = SettingsFor(Target.Url);
        settings.Context = "https://example.dk/other.jsonld";

        await SendAsync(settings, message: Message(WithContext));

        var (headers, body, _) = Assert.Single(Target.Received);
        Assert.Equal($"[{WithContext}]", Encoding.UTF8.GetString(body));
        Assert.Equal("application/ld+json", headers.ContentType);
        Assert.Equal(0, headers.Link.Count);
        Assert.Equal(0, headers["NGSILD-Tenant"].Count);
    }

    [Theory]
    [InlineData("21.5")]
    [InlineData("[1]")]
    [InlineData("""["a"]""")]
    [InlineData("no json")]
    public async Task Send_WhenTheOutputIsNoEntity_IsRefusedUnsent(string payload)
    {
        var result = await SendAsync(message: Message(payload));

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Empty(Target.Received);
    }

    [Fact]
    public async Task Send_WhenSomeEntitiesFail_NamesThem()
    {
        Target.Answers(207, body: """{"success":["urn:1"],"errors":[{"entityId":"urn:2","error":{"title":"Bad","detail":"no type"}},{"entityId":"urn:3","error":"odd"}]}""");

        var result = await SendAsync(message: Message(Entities));

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Equal(207, result.StatusCode);
        Assert.Equal("The target did not take these entities (207): urn:2 (no type); urn:3 (odd)", result.Error);
    }

    [Fact]
    public async Task Send_WhenSomeEntitiesFail_LeavesOnlyThoseAsTheyCame()
    {
        Target.Answers(207, body: """{"success":["urn:1"],"errors":[{"entityId":"urn:2","error":{"title":"Busy","status":503}}]}""");

        var result = await SendAsync(message: Message("""[{"id":"urn:1","type":"T"},{"id":"urn:2","type":"T","v":{"type":"Property","value":21.50}}]"""));

        Assert.Equal("""[{"id":"urn:2","type":"T","v":{"type":"Property","value":21.50}}]""", Encoding.UTF8.GetString(result.Rest!.Value.Span));
        Assert.False(result.IsFinal);
    }

    [Theory]
    [InlineData("""{"errors":[{"entityId":"urn:2","error":{"status":400}}]}""", true)]
    [InlineData("""{"errors":[{"entityId":"urn:2","error":{"type":"https://uri.etsi.org/ngsi-ld/errors/BadRequestData"}}]}""", true)]
    [InlineData("""{"errors":[{"entityId":"urn:2","error":{"status":400}},{"entityId":"urn:1","error":{"status":503}}]}""", false)]
    [InlineData("""{"errors":[{"entityId":"urn:2","error":"odd"}]}""", false)]
    public async Task Send_WhenEachOfTheOthersCanNeverBeTaken_IsTriedNoMore(string answer, bool final)
    {
        Target.Answers(207, body: answer);

        Assert.Equal(final, (await SendAsync(message: Message("""[{"id":"urn:1","type":"T"},{"id":"urn:2","type":"T"}]"""))).IsFinal);
    }

    [Fact]
    public async Task Send_WhenTheBrokerNamesAnEntityThatIsNotOurs_KeepsAllOfThem()
    {
        Target.Answers(207, body: """{"errors":[{"entityId":"urn:9","error":{"status":503}}]}""");

        Assert.Null((await SendAsync(message: Message(Entities))).Rest);
    }

    [Theory]
    [InlineData("""{"success":["urn:1"],"errors":[]}""", DeliveryOutcome.Delivered)]
    [InlineData("""{"success":["urn:1"]}""", DeliveryOutcome.Delivered)]
    [InlineData("not json", DeliveryOutcome.Refused)]
    [InlineData("[]", DeliveryOutcome.Refused)]
    public async Task Send_WhenAllOfAPartialAnswerIsWell_IsDelivered(string answer, DeliveryOutcome outcome)
    {
        Target.Answers(207, body: answer);

        Assert.Equal(outcome, (await SendAsync()).Outcome);
    }

    [Fact]
    public async Task Send_WithAnAccessToken_AsksForItOnceAndAgainShortlyBeforeItEnds()
    {
        await using var identity = await TokenEndpoint.StartAsync(expiresIn: 3600);
        var settings = WithToken(identity);
        using var host = Host([Target.Url.Authority, identity.Url.Authority]);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync(settings, host)));
        Assert.Equal(1, identity.Issued);
        Assert.All(Target.Received, r => Assert.Equal("Bearer token-1", r.Headers.Authorization));

        Clock.Advance(TimeSpan.FromSeconds(3571));
        await SendAsync(settings, host);

        Assert.Equal(2, identity.Issued);
        Assert.Equal("Bearer token-2", Target.Received[^1].Headers.Authorization);
        Assert.Equal("grant_type=client_credentials&client_id=os2iot&client_secret=client-secret", identity.LastForm);
    }

    [Fact]
    public async Task Send_WhenTheTokenIsNoLongerTaken_GetsAnotherOnce()
    {
        await using var identity = await TokenEndpoint.StartAsync(expiresIn: 3600);
        using var host = Host([Target.Url.Authority, identity.Url.Authority]);
        Target.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer token-2" ? 204 : 401;
            return Task.CompletedTask;
        };

        var result = await SendAsync(WithToken(identity), host);

        Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
        Assert.Equal(2, identity.Issued);

        Target.Answers(401);
        Assert.Equal(DeliveryOutcome.Refused, (await SendAsync(WithToken(identity), host)).Outcome);
        Assert.Equal(3, identity.Issued);
    }

    [Theory]
    [InlineData(401, "", DeliveryOutcome.Refused)]
    [InlineData(410, "", DeliveryOutcome.Refused)]
    [InlineData(503, "", DeliveryOutcome.RetryLater)]
    [InlineData(200, "{}", DeliveryOutcome.RetryLater)]
    [InlineData(200, "[]", DeliveryOutcome.RetryLater)]
    [InlineData(200, """{"access_token":7}""", DeliveryOutcome.RetryLater)]
    public async Task Send_WhenThereIsNoToken_SaysThatTheTokenEndpointFailed(int status, string body, DeliveryOutcome outcome)
    {
        await using var identity = await FakeTarget.StartAsync();
        identity.Answers(status, body: body);
        using var host = Host([Target.Url.Authority, identity.Url.Authority]);

        var result = await SendAsync(WithToken(identity.Url), host);

        Assert.Equal(outcome, result.Outcome);
        Assert.Contains("The token endpoint", result.Error, StringComparison.Ordinal);
        Assert.Empty(Target.Received);
    }

    [Fact]
    public async Task Send_WhenTheTokenEndpointIsInternal_IsRefused()
    {
        await using var identity = await FakeTarget.StartAsync();

        var result = await SendAsync(WithToken(identity.Url));

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Empty(identity.Received);
    }

    private FiwareSettings WithToken(TokenEndpoint identity) => WithToken(identity.Url);

    private FiwareSettings WithToken(Uri endpoint) => new()
    {
        Url = Target.Url.ToString(),
        TokenEndpoint = endpoint.ToString(),
        ClientId = "os2iot",
        ClientSecret = "client-secret",
    };

    /// <summary>Issues token-1, token-2 and so on.</summary>
    private sealed class TokenEndpoint(FakeTarget server) : IAsyncDisposable
    {
        public Uri Url => server.Url;

        public int Issued => server.Received.Count;

        public string LastForm => Encoding.UTF8.GetString(server.Received[^1].Body);

        public static async Task<TokenEndpoint> StartAsync(int expiresIn)
        {
            var server = await FakeTarget.StartAsync();
            server.Answer = context => context.Response.WriteAsJsonAsync(new { access_token = $"token-{server.Received.Count}", expires_in = expiresIn });
            return new TokenEndpoint(server);
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
