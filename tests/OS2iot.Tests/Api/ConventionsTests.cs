using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class ConventionsTests(ApiHost api)
{
    [Fact]
    public async Task Route_WhenUnknown_AnswersAsClientsExpect()
    {
        var anonymous = api.Anonymous();

        (await anonymous.Send(HttpMethod.Patch, "x", null))
            .IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Cannot PATCH /api/v1/x","error":"Not Found"}""");
        (await anonymous.Send(HttpMethod.Patch, "application", null))
            .IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Cannot PATCH /api/v1/application","error":"Not Found"}""");
    }

    [Fact]
    public async Task Route_WhenInOtherCaseWithSlash_IsFound()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Get("Application/?observe=response")).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Covers("GET /")]
    [Covers("GET /healthcheck")]
    public async Task Root_WhenAnybodyAsks_SaysWhatItIs()
    {
        (await api.Anonymous().Get("")).Is(HttpStatusCode.OK);
        Assert.Equal("OK", (await api.Anonymous().Get("healthcheck")).Is(HttpStatusCode.OK).Text);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("""{"name":"a\u0000b"}""")]
    [InlineData("""{"name":"half \ud800 pair"}""")]
    public async Task Body_WhenNoJsonObject_IsMalformed(string body)
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.PostText("organization", body)).Is(HttpStatusCode.BadRequest);

        Assert.Equal("Bad Request", answer["error"].GetString());
        Assert.Equal(JsonValueKind.String, answer["message"].ValueKind);
    }

    [Fact]
    public async Task Body_WhenMalformedUnderAuth_HasTheStandardForm() =>
        Assert.Equal("Bad Request", (await api.Anonymous().PostText("auth/login", "{")).Is(HttpStatusCode.BadRequest)["error"].GetString());

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Body_WhenEmpty_CountsAsAnEmptyObject(string body)
    {
        var admin = await api.SignedInAsGlobalAdmin();

        Assert.Equal(["isNotBlank", "isString", "maxLength", "minLength"], (await admin.PostText("organization", body)).Rules("name"));
        Assert.Equal(["isNotBlank", "isString", "maxLength", "minLength"], (await admin.Send(HttpMethod.Post, "organization", null)).Rules("name"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_WhenTooLarge_IsRefused(bool lengthIsKnown)
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var bytes = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 101 * 1024)}}"}""");
        HttpContent content = lengthIsKnown ? new ByteArrayContent(bytes) : new StreamContent(new UnknownLength(bytes));
        content.Headers.ContentType = new("application/json");

        (await admin.Send(HttpMethod.Post, "organization", content))
            .IsRefused(HttpStatusCode.RequestEntityTooLarge, """{"statusCode":413,"message":"request entity too large"}""");
    }

    [Fact]
    public async Task Body_WhenAForm_IsRead()
    {
        var email = await api.AUser();

        (await api.Anonymous().PostText("auth/login", $"username={email}&password={ApiHost.Password}", "application/x-www-form-urlencoded"))
            .Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task PathId_WhenNoNumber_IsRefused()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Get("application/abc")).IsRefused(
            HttpStatusCode.BadRequest,
            """{"statusCode":400,"message":"Validation failed (numeric string is expected)","error":"Bad Request"}""");
        (await admin.Get("application/99999999999")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
    }

    [Theory]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("0x1")]
    [InlineData("--1")]
    [InlineData("-")]
    [InlineData("%20")]
    [InlineData("١")]
    public async Task PathId_WhenNotWrittenInDigits_IsRefused(string id)
    {
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Get($"organization/{id}")).IsRefused(
            HttpStatusCode.BadRequest,
            """{"statusCode":400,"message":"Validation failed (numeric string is expected)","error":"Bad Request"}""");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2147483648")]
    [InlineData("-99999999999999999999999999")]
    [InlineData("00000000000000000000000000000000000000000")]
    public async Task PathId_WhenNoRowCanHaveIt_IsNotFound(string id)
    {
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Get($"organization/{id}")).Is(HttpStatusCode.NotFound);
        (await admin.Get($"application/{id}")).Is(HttpStatusCode.NotFound);
        (await admin.Get($"iot-device/{id}")).Is(HttpStatusCode.NotFound);
        (await admin.Delete($"payload-decoder/{id}")).Is(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("limit=undefined&offset=null&sort=undefined&orderOn=null", HttpStatusCode.OK)]
    [InlineData("limit=10&offset=0&sort=id&orderOn=ASC", HttpStatusCode.OK)]
    [InlineData("orderOn=name", HttpStatusCode.OK)]
    [InlineData("orderOn=no-such-column&sort=desc", HttpStatusCode.OK)]
    [InlineData("limit=abc", HttpStatusCode.BadRequest)]
    [InlineData("limit=-1", HttpStatusCode.BadRequest)]
    [InlineData("offset=-1", HttpStatusCode.BadRequest)]
    [InlineData("limit=100000", HttpStatusCode.BadRequest)]
    [InlineData("orderOn=a%00b", HttpStatusCode.BadRequest)]
    public async Task List_WhenAskedForAPage_ToleratesWhatClientsSend(string query, HttpStatusCode status)
    {
        var admin = await api.SignedInAsGlobalAdmin();

        foreach (var list in new[] { "application", "organization", "payload-decoder", "data-target", "iot-device-payload-decoder-data-target-connection" })
        {
            (await admin.Get($"{list}?{query}")).Is(status);
        }
    }

    [Fact]
    public async Task Answer_WhenUnchanged_IsNotSentAgain()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        await api.AnOrganization();
        var tag = (await admin.Get("auth/me")).Headers.ETag!;

        var again = await admin.Send(HttpMethod.Get, "auth/me", null, headers => headers.IfNoneMatch.Add(tag));

        Assert.True(tag.IsWeak);
        Assert.Equal(HttpStatusCode.NotModified, again.Status);
        Assert.Empty(again.Text);
    }

    [Fact]
    public async Task Answer_WhenClientTakesGzip_IsCompressed()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = await admin.Send(HttpMethod.Get, "auth/me", null, headers => headers.AcceptEncoding.Add(new("gzip")));

        Assert.Contains("gzip", answer.ContentHeaders.ContentEncoding);
    }

    [Fact]
    public async Task Browser_WhenOfAnotherOrigin_MayCall()
    {
        var preflight = await api.Anonymous().Send(HttpMethod.Options, "application", null, headers =>
        {
            headers.Add("Origin", "https://elsewhere.dk");
            headers.Add("Access-Control-Request-Method", "PUT");
            headers.Add("Access-Control-Request-Headers", "authorization");
        });

        Assert.Equal(HttpStatusCode.NoContent, preflight.Status);
        Assert.Equal("*", preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("authorization", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Contains("PATCH", preflight.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_WhenCalledByABrowserOfAnotherOrigin_CanBeRead()
    {
        var refused = await api.Anonymous().Send(HttpMethod.Get, "application", null, headers => headers.Add("Origin", "https://elsewhere.dk"));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Equal("*", refused.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Head_WhenAddressCanBeRead_AnswersTheSameHeadersWithoutABody()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        foreach (var path in new[] { "application", $"application/{world.Application}", $"organization/{world.Organization}", "healthcheck", "" })
        {
            var get = await admin.Get(path);
            var head = await admin.Send(HttpMethod.Head, path, null);

            Assert.Equal(HttpStatusCode.OK, head.Status);
            Assert.Empty(head.Text);
            Assert.Equal(get.ContentHeaders.ContentType, head.ContentHeaders.ContentType);
            Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        }

        Assert.Equal(HttpStatusCode.OK, (await admin.Send(HttpMethod.Head, $"iot-device/{world.Device}/messages/stream", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Send(HttpMethod.Head, "application/0", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Send(HttpMethod.Head, "no-such-thing", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.Anonymous().Send(HttpMethod.Head, "application", null)).Status);
    }

    [Fact]
    public async Task Write_WhenDone_SaysHowItMayBeCached()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        object application = new { name = ApiHost.Name("application"), organizationId = world.Organization };
        object device = new { id = 1, name = "d", type = "GENERIC_HTTP", applicationId = world.Application };
        object decoder = new { name = "d", organizationId = world.Organization, decodingFunction = "\"\"" };
        object target = new { name = "t", type = "HTTP_PUSH", applicationId = world.Application, url = "https://example.dk", timeout = 1 };
        (HttpMethod Verb, string Path, object Body, string Says)[] writes =
        [
            (HttpMethod.Post, "application", application, "none"), (HttpMethod.Put, $"application/{world.Application}", application, "none"),
            (HttpMethod.Post, "iot-device", device, "none"), (HttpMethod.Put, $"iot-device/{world.Device}", device, "none"),
            (HttpMethod.Post, "payload-decoder", decoder, "none"), (HttpMethod.Put, $"payload-decoder/{world.Decoder}", decoder, "none"),
            (HttpMethod.Post, "data-target", target, "no-store"), (HttpMethod.Put, $"data-target/{world.DataTarget}", target, "none"),
            (HttpMethod.Post, "organization", new { name = ApiHost.Name("o") }, "no-store"),
        ];

        foreach (var (verb, path, body, says) in writes)
        {
            if (verb == HttpMethod.Put && path.StartsWith("application", StringComparison.Ordinal))
            {
                (await admin.Delete($"application/{(await admin.Get("application?limit=null&orderOn=id&sort=DESC"))["data"][0].GetProperty("id").GetInt32()}")).Is(HttpStatusCode.OK);
            }

            var answer = await admin.Send(verb, path, JsonContent.Create(body));
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, $"{verb} {path}: {answer.Text}");
            Assert.Equal(says, answer.Headers.GetValues("Cache-Control").Single());
        }

        Assert.Equal("no-store", (await admin.Get("application/0")).Headers.GetValues("Cache-Control").Single());
        Assert.Equal("nosniff", (await admin.Get("application/0")).Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Put_WhenBodyIsEmptyOrUnknown_IsReadAsNothing()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var address = $"iot-device/resetHttpDeviceApiKey/{world.Device}?observe=response";
        var empty = new StringContent("");
        empty.Headers.ContentType = new("application/json");

        (await admin.Send(HttpMethod.Put, address, empty)).Is(HttpStatusCode.OK);
        (await admin.Send(HttpMethod.Put, address, null)).Is(HttpStatusCode.OK);
        (await admin.Send(HttpMethod.Put, address, JsonContent.Create(new { unknown = new[] { 1 } }))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TokenInAddress_WhereNoBrowserIsSentTo_IsNotTaken()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        (await api.Anonymous().Get($"application?secret_token={admin.Token}")).Is(HttpStatusCode.Unauthorized);
        (await api.Anonymous().Get($"auth/me?secret_token={admin.Token}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Times_WhenShown_AreUtcWithMilliseconds()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();

        foreach (var path in new[] { $"application/{world.Application}", $"iot-device/{world.Device}", $"organization/{world.Organization}", $"payload-decoder/{world.Decoder}" })
        {
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (await admin.Get(path))["createdAt"].GetString());
        }
    }

    [Fact]
    public async Task Document_WhenAskedFor_ListsEveryAddress()
    {
        var document = (await api.Anonymous().Get("docs-json")).Is(HttpStatusCode.OK);

        var parameters = document["paths"].GetProperty("/api/v1/application/{id}/iot-devices").GetProperty("get").GetProperty("parameters");
        Assert.Contains("id", parameters.EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Contains("orderOn", parameters.EnumerateArray().Select(p => p.GetProperty("name").GetString()));
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    [Theory]
    [InlineData("""{"name":"x","name":"y"}""")]
    [InlineData("""{"belongsToId":1,"body":{"id":{},"category":["sensor"],"category":"/"}}""")]
    public async Task Post_WithAMemberTwice_IsRefused(string body)
    {
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.PostText("device-model", body)).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"The body has a member twice, or is no JSON","error":"Bad Request"}""");
    }
}
