using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.OpenApi;
using OS2iot.Api.Auth;

namespace OS2iot.Tests.Api;

/// <summary>The document says of every address what somebody needs who has nothing else.</summary>
[Collection(ApiCollection.Name)]
public sealed class DocumentTests(ApiHost api)
{
    [Fact]
    public async Task Document_WhenRead_IsValid()
    {
        var text = (await api.Anonymous().Get("docs-json")).Is(HttpStatusCode.OK).Text;

        var read = OpenApiDocument.Parse(text, "json");

        Assert.NotNull(read.Document);
        Assert.NotNull(read.Diagnostic);
        Assert.Empty(read.Diagnostic.Errors.Select(e => e.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(e => e.ToString()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.Empty(read.Document.Validate(ValidationRuleSet.GetDefaultRuleSet()).Select(e => e.ToString()));
        Assert.Equal("OS2IoT - Backend", read.Document.Info.Title);
        Assert.Equal(["X-API-KEY", "bearer"], read.Document.Components!.SecuritySchemes!.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_WhenComparedWithTheRoutes_HasNoneMoreAndNoneLess()
    {
        var described = (await Operations()).Select(o => o.Name).Order(StringComparer.Ordinal);
        var served = ApiEndpoint.AllOf(api.Services).Select(Name).Order(StringComparer.Ordinal);

        Assert.Equal(served, described);
    }

    [Fact]
    public async Task Operation_WhenDescribed_SaysEverything()
    {
        var operations = (await Operations()).ToDictionary(o => o.Name, o => o.Value);
        var missing = new List<string>();
        foreach (var endpoint in ApiEndpoint.AllOf(api.Services).Where(e => operations.ContainsKey(Name(e))))
        {
            missing.AddRange(Missing(endpoint, operations[Name(endpoint)]).Select(what => $"{endpoint} ({endpoint.Type.Name}): {what}"));
        }

        Assert.True(missing.Count == 0, $"The document says too little ({missing.Count}):\n{string.Join('\n', missing)}");
    }

    [Fact]
    public async Task Request_WhenItHasRules_ShowsThem()
    {
        var schemas = (await api.Anonymous().Get("docs-json"))["components"].GetProperty("schemas");

        var application = schemas.GetProperty("ApplicationRequest");
        Assert.Equal(["name", "organizationId"], Strings(application.GetProperty("required")).Order());
        var members = application.GetProperty("properties");
        Assert.Equal(1, members.GetProperty("name").GetProperty("minLength").GetInt32());
        Assert.Equal(50, members.GetProperty("name").GetProperty("maxLength").GetInt32());
        Assert.Contains("IN-OPERATION", members.GetProperty("status").GetProperty("enum").EnumerateArray().Select(w => w.GetString()));
        Assert.Equal(["null", "string"], Strings(members.GetProperty("description").GetProperty("type")).Order());
        Assert.Contains("pH", Strings(members.GetProperty("controlledProperties").GetProperty("items").GetProperty("enum")));
        Assert.Equal("date-time", members.GetProperty("startDate").GetProperty("format").GetString());
        var target = schemas.GetProperty("DataTargetRequest").GetProperty("anyOf").EnumerateArray().First(k => k.GetProperty("title").GetString() == "HTTP_PUSH");
        Assert.Equal("uri", target.GetProperty("properties").GetProperty("url").GetProperty("format").GetString());
    }

    [Fact]
    public async Task Example_WhenSent_FollowsTheRulesItStandsBeside()
    {
        var broken = new List<string>();
        var examples = (await Operations()).ToDictionary(o => o.Name, o => o.Value);
        foreach (var endpoint in ApiEndpoint.AllOf(api.Services).Where(e => e.Shape is not null))
        {
            var example = examples[Name(endpoint)].GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
            try
            {
                endpoint.Shape!.ThrowIfViolatedBy(example);
            }
            catch (OS2iot.Api.Http.Refusal refusal)
            {
                broken.Add($"{endpoint}: {example.GetRawText()} {refusal.ToBody()["message"]!.ToJsonString()}");
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Fact]
    public async Task Parameter_WhenALists_ShowsWhatItMayBe()
    {
        var list = (await Operations()).Single(o => o.Name == "GET /api/v1/application/{id}/iot-devices").Value;

        var parameters = list.GetProperty("parameters").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
        Assert.Equal("path", parameters["id"].GetProperty("in").GetString());
        Assert.Equal("integer", parameters["id"].GetProperty("schema").GetProperty("type").GetString());
        Assert.Equal(100, parameters["limit"].GetProperty("schema").GetProperty("default").GetInt32());
        Assert.Contains("rssi", Strings(parameters["orderOn"].GetProperty("schema").GetProperty("enum")));
    }

    [Fact]
    public async Task Document_WhenAskedForAgain_IsThereAtOnce()
    {
        var client = api.Anonymous();
        var tag = (await client.Get("docs-json")).Headers.ETag!;
        (await client.Get("docs-yaml")).Is(HttpStatusCode.OK);
        var watch = Stopwatch.StartNew();

        for (var i = 0; i < 20; i++)
        {
            (await client.Get("docs-json")).Is(HttpStatusCode.OK);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed} for 20 times.");
        Assert.Equal(HttpStatusCode.NotModified, (await client.Send(HttpMethod.Get, "docs-json", null, h => h.IfNoneMatch.Add(tag))).Status);
    }

    [Fact]
    public async Task Yaml_WhenAskedFor_SaysTheSame()
    {
        var yaml = (await api.Anonymous().Get("docs-yaml")).Is(HttpStatusCode.OK);

        Assert.Equal("application/yaml", yaml.ContentHeaders.ContentType?.MediaType);
        Assert.StartsWith("openapi: '3.1", yaml.Text, StringComparison.Ordinal);
        Assert.Contains("\n  '/api/v1/application/{id}/iot-devices':\n", yaml.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WhenOpened_IsThere()
    {
        var page = (await api.Anonymous().Send(HttpMethod.Get, "docs/", null, h => h.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html")))).Is(HttpStatusCode.OK);

        Assert.Equal("text/html", page.ContentHeaders.ContentType?.MediaType);
        Assert.Contains("docs-json", page.Text, StringComparison.Ordinal);
    }

    private static string Name(ApiEndpoint endpoint) => $"{endpoint.Verb} /api/v1{(endpoint.Path.Length > 0 ? "/" : "")}{endpoint.Path}";

    private static IEnumerable<string> Missing(ApiEndpoint endpoint, JsonElement operation)
    {
        if (Text(operation, "summary") is "")
        {
            yield return "no summary; write one above the class";
        }

        if (!operation.TryGetProperty("tags", out var tags) || tags.GetArrayLength() != 1)
        {
            yield return "not in one feature";
        }

        var parameters = operation.TryGetProperty("parameters", out var found) ? found.EnumerateArray().ToList() : [];
        var names = parameters.Select(p => p.GetProperty("name").GetString()).ToList();
        var expected = endpoint.Path.Split('/').Where(p => p.StartsWith('{')).Select(p => p.Trim('{', '}')).Concat(endpoint.Parameters.Select(p => p.Name));
        foreach (var name in expected.Except(names))
        {
            yield return $"parameter {name} is missing";
        }

        foreach (var parameter in parameters.Where(p => Text(p, "description") is "" || !p.GetProperty("schema").TryGetProperty("type", out _)))
        {
            yield return $"parameter {Text(parameter, "name")} has no meaning or no type; write a comment at its property";
        }

        if (endpoint.HasBody && !HasSchemaAndExample(operation.GetProperty("requestBody")))
        {
            yield return "request body without schema or example";
        }

        var responses = operation.GetProperty("responses").EnumerateObject().ToDictionary(r => r.Name, r => r.Value);
        var good = responses.Where(r => r.Key[0] is '2' or '3').ToList();
        if (good.Count != 1 || (good[0].Key is not ("204" or "302" or "404") && !HasSchemaAndExample(good[0].Value) && responses.Count == 1))
        {
            yield return "no good answer with schema and example; declare it as the response type or by [Answers]";
        }

        if (good.Count == 1 && good[0].Key is not ("204" or "302") && !HasSchemaAndExample(good[0].Value) && !responses.Keys.Any(k => k[0] is '4' && endpoint.Definition.AnonymousVerbs is not null))
        {
            yield return $"answer {good[0].Key} without schema or example; declare the response type, [Answers] or [SucceedsWith(204)]";
        }

        foreach (var code in Refusals(endpoint).Except(responses.Keys))
        {
            yield return $"answer {code} is missing";
        }

        var isOpen = endpoint.Definition.AnonymousVerbs is not null;
        if (isOpen == (operation.TryGetProperty("security", out var security) && security.GetArrayLength() > 0))
        {
            yield return "security is not that of the guard";
        }
    }

    private static IEnumerable<string> Refusals(ApiEndpoint endpoint)
    {
        if (endpoint.HasBody)
        {
            yield return "400";
            yield return "413";
        }

        if (endpoint.Path.Contains('{', StringComparison.Ordinal))
        {
            yield return "400";
            yield return "404";
        }

        if (endpoint.Definition.AnonymousVerbs is null)
        {
            yield return "401";
            if (endpoint.Definition.PreBuiltUserPolicies?.All(p => p == Role.SignedIn) != true)
            {
                yield return "403";
            }
        }
    }

    private static bool HasSchemaAndExample(JsonElement body) =>
        body.TryGetProperty("content", out var content)
        && content.EnumerateObject().All(c => c.Value.TryGetProperty("schema", out _) && (c.Value.TryGetProperty("example", out _) || c.Value.TryGetProperty("examples", out _)));

    private static string Text(JsonElement element, string member) => element.TryGetProperty(member, out var text) ? text.GetString() ?? "" : "";

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(e => e.GetString() ?? "");

    private async Task<List<(string Name, JsonElement Value)>> Operations()
    {
        var document = (await api.Anonymous().Get("docs-json")).Is(HttpStatusCode.OK);
        return
        [
            .. document["paths"].EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
                .Select(o => ($"{o.Name.ToUpperInvariant()} {path.Name}", o.Value.Clone()))),
        ];
    }
}
