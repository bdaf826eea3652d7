using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.Fiware;
using OS2iot.Simulator.ContextBroker;
using OS2iot.Simulator.Tokens;

namespace OS2iot.Tests.DataTargets;

/// <summary>The sender against the simulator's context broker and token endpoint.</summary>
public sealed class FiwareAgainstBrokerTests : IAsyncLifetime
{
    private const string Two = """[{"id":"urn:x:1","type":"T","v":1},{"id":"urn:x:2","type":"T","v":2}]""";

    private readonly HttpClient _http = new();
    private WebApplication _simulator = null!;
    private IHost _host = null!;
    private Uri _url = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddTokens();
        builder.AddContextBroker();
        _simulator = builder.Build();
        _simulator.MapTokens();
        _simulator.MapContextBroker();
        await _simulator.StartAsync(Ct);
        _url = new Uri(_simulator.Urls.Single());

        var host = Host.CreateEmptyApplicationBuilder(null);
        host.Configuration.AddInMemoryCollection([KeyValuePair.Create("Egress:AllowedHosts:0", (string?)"127.0.0.1")]);
        host.Services.AddSingleton(TimeProvider.System);
        host.AddDataTargets();
        _host = host.Build();
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        _http.Dispose();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task Send_WithAToken_StoresTheEntitiesOfTheTenant()
    {
        await FaultsAsync(new { needsToken = true });

        var first = await SendAsync(Two);
        var again = await SendAsync(Two);

        Assert.Equal((DeliveryOutcome.Delivered, 201), (first.Outcome, first.StatusCode));
        Assert.Equal((DeliveryOutcome.Delivered, 204), (again.Outcome, again.StatusCode));
        Assert.Equal(2, (await ReadAsync("urn:x:2")).GetProperty("v").GetInt32());
    }

    [Fact]
    public async Task Send_WhenTheTokensWereRevoked_GetsAnother()
    {
        await FaultsAsync(new { needsToken = true });
        await SendAsync(Two);
        await _http.DeleteAsync(new Uri(_url, "oauth2/token"), Ct);

        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync(Two)).Outcome);
    }

    [Fact]
    public async Task Send_WhenTheBrokerRefusesOne_LeavesThatOneForTheNextTry()
    {
        await FaultsAsync(new { refuse = new[] { "urn:x:2" }, status = 503 });

        var some = await SendAsync(Two);
        await FaultsAsync(new { });
        var rest = await SendAsync(Encoding.UTF8.GetString(some.Rest!.Value.Span));

        Assert.Equal((207, false), (some.StatusCode, some.IsFinal));
        Assert.Contains("urn:x:2", some.Error, StringComparison.Ordinal);
        Assert.Equal("""[{"id":"urn:x:2","type":"T","v":2}]""", Encoding.UTF8.GetString(some.Rest!.Value.Span));
        Assert.Equal(DeliveryOutcome.Delivered, rest.Outcome);
        Assert.Equal(2, (await ReadAsync("urn:x:2")).GetProperty("v").GetInt32());
    }

    private Task<DeliveryResult> SendAsync(string payload) => _host.Services.GetRequiredService<DataTargetSenders>().SendAsync(
        DataTargetTypes.Find("FIWARE")!,
        new FiwareSettings
        {
            Url = _url.ToString(),
            Tenant = "vejle",
            TokenEndpoint = new Uri(_url, "oauth2/token").ToString(),
            ClientId = "os2iot",
            ClientSecret = "client-secret",
        },
        new DeliveryMessage
        {
            MessageId = Guid.CreateVersion7(),
            DeviceId = 1,
            ApplicationId = 2,
            OrganizationId = 3,
            ReceivedAt = TimeProvider.System.GetUtcNow(),
            DataTargetId = 4,
            Payload = Encoding.UTF8.GetBytes(payload),
        },
        Ct);

    private async Task FaultsAsync(object faults) =>
        (await _http.PutAsJsonAsync(new Uri(_url, "ngsi-ld/faults"), faults, Ct)).EnsureSuccessStatusCode();

    private async Task<JsonElement> ReadAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_url, $"ngsi-ld/v1/entities/{id}"));
        request.Headers.Add("NGSILD-Tenant", "vejle");
        using var response = await _http.SendAsync(request, Ct);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }
}
