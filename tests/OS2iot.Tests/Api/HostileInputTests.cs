using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using OS2iot.Api.Auth;
using OS2iot.Api.PayloadDecoders;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Api;

/// <summary>
/// Bad input of every kind, at every endpoint, by somebody who may do everything: an answer in one of the documented forms, never a
/// failure. OS2IOT_TEST_SEED chooses other requests; a failure names the request.
/// </summary>
public sealed class HostileInputTests(PostgreSql postgres) : IAsyncLifetime
{
    private const int RequestsPerEndpoint = 24;

    /// <summary>Each good try at these takes a while on purpose.</summary>
    private static readonly Dictionary<Type, int> Fewer = new() { [typeof(Login)] = 8, [typeof(TestPayloadDecoder)] = 10 };

    private static readonly string[] ErrorForms =
    [
        "error,message,statusCode", "error,message,statusCode,usedBy", "message,statusCode", "message", "path,statusCode,timestamp", "code,path,statusCode,timestamp",
    ];

    private readonly ApiHost _api = new(postgres);

    public ValueTask InitializeAsync() => _api.InitializeAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Endpoint_WhateverItIsSent_AnswersInADocumentedForm()
    {
        var admin = await _api.SignedInAsGlobalAdmin();
        using var http = new HttpClient(_api.Handler()) { BaseAddress = new Uri("http://localhost") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin.Token);
        var failures = new List<string>();
        var shared = await _api.AWorld();

        // What ends the caller's own session comes last.
        foreach (var endpoint in ApiEndpoint.AllOf(_api.Services).OrderBy(e => TenancyTests.EndsOwnSession(e.Type)))
        {
            if (!TenancyTests.Calls.TryGetValue(endpoint.Type, out var call))
            {
                continue; // the test of tenancy asks for it
            }

            // What removes things gets its own.
            var world = endpoint.Verb == "DELETE" ? await _api.AWorld() : shared;
            var requests = HostileRequests.To(
                endpoint, $"{call.Id?.Invoke(world)}", call.Body is null ? null : JsonSerializer.Serialize(call.Body(world)));
            var property = Prop.ForAll(requests.ToArbitrary(), async request => await CheckAsync(http, request));
            try
            {
                await Task.Run(() => property.Check(Settings(endpoint)), TestContext.Current.CancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failures.Add($"{endpoint}\n{exception.Message}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        (await (await _api.SignedInAsGlobalAdmin()).Get("application")).Is(HttpStatusCode.OK);
        (await admin.Get("healthcheck")).Is(HttpStatusCode.OK);
    }

    private static Config Settings(ApiEndpoint endpoint)
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("OS2IOT_TEST_SEED"), CultureInfo.InvariantCulture, out var chosen) ? chosen : 20260301;
        return Config.QuickThrowOnFailure
            .WithMaxTest(Fewer.GetValueOrDefault(endpoint.Type, RequestsPerEndpoint))
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed + Number(endpoint)), FSharpOption<int>.None)));
    }

    // So that endpoints don't all get the same.
    private static ulong Number(ApiEndpoint endpoint) => endpoint.ToString().Aggregate(0UL, (number, letter) => (number * 31) + letter);

    private static async Task CheckAsync(HttpClient http, HostileRequest request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Verb), request.Address);
        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(request.Body);
            if (request.ContentType is not null)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
            }
        }

        // Reads headers only: one of the answers never ends.
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        var status = (int)response.StatusCode;
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type == "text/event-stream")
        {
            return;
        }

        var body = await response.Content.ReadAsStringAsync();
        if (status >= 500)
        {
            throw new UnreachableException($"{status} {body}");
        }

        if (status >= 400)
        {
            var form = type == "application/json" ? string.Join(',', JsonElement.Parse(body).EnumerateObject().Select(m => m.Name).Order()) : type ?? "nothing";
            if (!ErrorForms.Contains(form))
            {
                throw new UnreachableException($"{status} {form} {body}");
            }
        }
        else if (type == "application/json")
        {
            using var whole = JsonDocument.Parse(body);
        }
    }
}
