using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OS2iot.Tests.Simulator;

/// <summary>As much of Api and Ingest as the demo meets: lists that grow, and a door that counts.</summary>
internal sealed class FakeApiAndIngest : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<string> _keys = [];
    private int _nextId = 1;

    private FakeApiAndIngest(WebApplication app)
    {
        _app = app;
    }

    public string Url { get; private set; } = "";

    /// <summary>By the path they were created under.</summary>
    public Dictionary<string, List<JsonObject>> Created { get; } = [];

    /// <summary>The key of each message that came in, in order.</summary>
    public string[] Keys
    {
        get
        {
            lock (_gate)
            {
                return [.. _keys];
            }
        }
    }

    /// <summary>Seconds that Ingest asks everybody to wait, while set.</summary>
    public int? RetryAfter { get; set; }

    public static async Task<FakeApiAndIngest> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var fake = new FakeApiAndIngest(app);
        fake.Map();
        await app.StartAsync();
        fake.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return fake;
    }

    public IReadOnlyList<JsonObject> Of(string path)
    {
        lock (_gate)
        {
            return Created.TryGetValue(path, out var entities) ? [.. entities] : [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private void Map()
    {
        _app.MapPost("/api/v1/auth/login", (JsonObject body) => body["password"]?.GetValue<string>() == "a password"
            ? Results.Json(new { accessToken = "token" }, statusCode: 201) : Results.Unauthorized());
        _app.MapPost("/api/v1/receive-data", (string apiKey, HttpContext context) => Receive(apiKey, context));
        _app.MapGet("/api/v1/application/{id:int}/iot-devices", (int id) =>
            Listed(Of("iot-device").Where(d => d["applicationId"]!.GetValue<int>() == id)));
        _app.MapGet("/api/v1/iot-device/{id:int}", (int id) => Of("iot-device").Single(d => d["id"]!.GetValue<int>() == id));
        _app.MapGet("/api/v1/iot-device-payload-decoder-data-target-connection/byDataTarget/{id:int}", (int id) =>
            Listed(Of("iot-device-payload-decoder-data-target-connection").Where(c => c["dataTargetId"]!.GetValue<int>() == id)));
        _app.MapGet("/api/v1/data-target", (int applicationId) =>
            Listed(Of("data-target").Where(t => t["applicationId"]!.GetValue<int>() == applicationId)));
        _app.MapGet("/api/v1/{path}", (string path) => Listed(Of(path)));
        _app.MapPost("/api/v1/{path}", (string path, JsonObject body, HttpContext context) =>
            context.Request.Headers.Authorization == "Bearer token" ? Results.Json(Create(path, body), statusCode: 201) : Results.Unauthorized());
    }

    private JsonObject Create(string path, JsonObject body)
    {
        lock (_gate)
        {
            body["id"] = _nextId++;
            body["apiKey"] = $"key-{body["id"]}";
            if (!Created.TryGetValue(path, out var entities))
            {
                Created[path] = entities = [];
            }

            entities.Add(body);
            return JsonNode.Parse(body.ToJsonString())!.AsObject();
        }
    }

    private IResult Receive(string apiKey, HttpContext context)
    {
        if (RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        lock (_gate)
        {
            _keys.Add(apiKey);
        }

        return RetryAfter is null ? Results.NoContent() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Listed(IEnumerable<JsonObject> entities)
    {
        var data = entities.Select(e => JsonSerializer.Deserialize<JsonElement>(e.ToJsonString())).ToArray();
        return Results.Json(new { data, count = data.Length });
    }
}
