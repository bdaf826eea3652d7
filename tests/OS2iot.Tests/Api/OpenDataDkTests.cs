using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Mail;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class OpenDataDkTests(ApiHost api)
{
    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId")]
    public async Task Catalogue_WhenDataIsShared_AnnouncesIt()
    {
        var world = await api.AWorld();
        var (_, dataset) = await api.ASharedTarget(world.Application);

        var answer = (await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}")).Is(HttpStatusCode.OK);

        Assert.Equal("application/json; charset=utf-8", answer.ContentHeaders.ContentType!.ToString());
        var url = $"http://localhost/api/v1/open-data-dk-sharing/{world.Organization}/data/{dataset}";
        var name = await api.Database.ScalarAsync<string>($"SELECT name FROM organizations WHERE id = {world.Organization}");
        var catalogue = JsonNode.Parse(answer.Text)!;
        Assert.Equal(["@context", "@type", "conformsTo", "describedBy", "dataset"], catalogue.AsObject().Select(m => m.Key));
        Assert.Equal("https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld", (string?)catalogue["@context"]);
        Assert.Equal("dcat:Catalog", (string?)catalogue["@type"]);
        Assert.Equal("https://project-open-data.cio.gov/v1.1/schema", (string?)catalogue["conformsTo"]);
        Assert.Equal("https://project-open-data.cio.gov/v1.1/schema/catalog.json", (string?)catalogue["describedBy"]);
        var shared = Assert.Single(catalogue["dataset"]!.AsArray())!;
        foreach (var time in (string[])["issued", "modified"])
        {
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)shared[time]);
            shared.AsObject().Remove(time);
        }

        AssertJson(
            $$"""
            {"@type":"dcat:Dataset","accessLevel":"public","identifier":"{{url}}","title":"Temperaturer","description":"Målt i byen","keyword":["klima","vejr"],
             "publisher":{"name":"{{name}}"},"contactPoint":{"@type":"vcard:Contact","fn":"Anne Ansvarlig","hasEmail":"mailto:anne@example.dk"},
             "distribution":[{"@type":"dcat:Distribution","mediaType":"application/json","format":"JSON",
               "license":"https://creativecommons.org/publicdomain/zero/1.0/","accessURL":"{{url}}","title":"Seneste målinger"}],
             "theme":["http://publications.europa.eu/resource/authority/data-theme/ENVI","http://publications.europa.eu/resource/authority/data-theme/TECH"],
             "accrualPeriodicity":"R/PT1H","references":["https://example.dk/docs"]}
            """,
            shared);
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId")]
    public async Task Catalogue_WhenLinkedDataIsAccepted_IsThatOfDcatAp()
    {
        var world = await api.AWorld();
        var (_, dataset) = await api.ASharedTarget(world.Application);
        var url = $"http://localhost/api/v1/open-data-dk-sharing/{world.Organization}";

        var answer = await Get($"open-data-dk-sharing/{world.Organization}", h => h.Accept.ParseAdd("application/ld+json, application/json;q=0.5"));

        Assert.Equal("application/ld+json; charset=utf-8", answer.ContentHeaders.ContentType!.ToString());
        Assert.Contains("Accept", answer.Headers.Vary);
        var catalogue = answer.Json;
        Assert.Equal(("dcat:Catalog", url), (catalogue.GetProperty("@type").GetString(), catalogue.GetProperty("@id").GetString()));
        Assert.Equal("foaf:Agent", catalogue.GetProperty("dct:publisher").GetProperty("@type").GetString());
        Assert.True(catalogue.TryGetProperty("dct:title", out _) && catalogue.TryGetProperty("dct:description", out _));
        var shared = catalogue.GetProperty("dcat:dataset")[0];
        Assert.Equal("dcat:Dataset", shared.GetProperty("@type").GetString());
        Assert.Equal("Temperaturer", shared.GetProperty("dct:title").GetProperty("@value").GetString());
        Assert.Equal("http://publications.europa.eu/resource/authority/data-theme/ENVI", shared.GetProperty("dcat:theme")[0].GetProperty("@id").GetString());
        Assert.Equal("http://publications.europa.eu/resource/authority/frequency/HOURLY", shared.GetProperty("dct:accrualPeriodicity").GetProperty("@id").GetString());
        var distribution = shared.GetProperty("dcat:distribution")[0];
        Assert.Equal($"{url}/data/{dataset}", distribution.GetProperty("dcat:accessURL").GetProperty("@id").GetString());
        Assert.Equal("https://creativecommons.org/publicdomain/zero/1.0/", distribution.GetProperty("dct:license").GetProperty("@id").GetString());

        var plain = await Get($"open-data-dk-sharing/{world.Organization}", h => h.Accept.ParseAdd("application/ld+json;q=0.1, application/json"));
        Assert.Equal("application/json; charset=utf-8", plain.ContentHeaders.ContentType!.ToString());
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId")]
    public async Task Catalogue_WhenAskedByTheProgramsOfTheWorld_MayBeKeptAndReadFromAnyPage()
    {
        var world = await api.AWorld();
        await api.ASharedTarget(world.Application);
        var path = $"open-data-dk-sharing/{world.Organization}";

        var answer = await Get(path, h => h.Add("Origin", "https://elsewhere.example"));

        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("public, max-age=300", answer.Headers.CacheControl!.ToString());
        var again = await Get(path, h => h.IfNoneMatch.Add(answer.Headers.ETag!));
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.Status, again.Text));
        Assert.Equal("gzip", (await Get(path, h => h.AcceptEncoding.ParseAdd("gzip"))).ContentHeaders.ContentEncoding.Single());
        Assert.Equal(
            "gzip", (await Get(path, h =>
            {
                h.AcceptEncoding.ParseAdd("gzip");
                h.Accept.ParseAdd("application/ld+json");
            })).ContentHeaders.ContentEncoding.Single());
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId")]
    public async Task Catalogue_WhenThereIsAPublicAddress_NamesThat()
    {
        var world = await api.AWorld();
        await api.ASharedTarget(world.Application);
        await using var other = api.Another(host => host.UseSetting("OpenDataDk:PublicUrl", "https://iot.example.dk/"));
        var client = new ApiClient(other.CreateClient());

        var answer = await client.Get($"open-data-dk-sharing/{world.Organization}");

        Assert.StartsWith(
            $"https://iot.example.dk/api/v1/open-data-dk-sharing/{world.Organization}/data/", answer["dataset"][0].GetProperty("identifier").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId")]
    [Covers("GET /open-data-dk-sharing/:organizationId/data/:shareId")]
    public async Task Sharing_WhenThereIsNoSuchThing_SaysNoMore()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var (_, dataset) = await api.ASharedTarget(world.Application);
        var client = api.Anonymous();

        (await client.Get("open-data-dk-sharing/2000000000")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"Could not find an organization with the id: 2000000000","error":"Not Found"}""");
        (await client.Get("open-data-dk-sharing/x")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"Validation failed (numeric string is expected)","error":"Bad Request"}""");
        (await client.Get($"open-data-dk-sharing/{other.Organization}/data/{dataset}")).IsRefused(
            HttpStatusCode.NotFound,
            $$"""{"statusCode":404,"message":"Could not find dataset with id: {{dataset}} on organization: {{other.Organization}}","error":"Not Found"}""");
        (await client.Get($"open-data-dk-sharing/{world.Organization}/data/x")).Is(HttpStatusCode.BadRequest);
        Assert.Equal(0, (await client.Get($"open-data-dk-sharing/{other.Organization}")).Is(HttpStatusCode.OK)["dataset"].GetArrayLength());
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId/data/:shareId")]
    public async Task Data_OfEachDevice_IsWhatWasDecodedOfItsNewestMessage()
    {
        var world = await api.AWorld();
        var (target, dataset) = await api.ASharedTarget(world.Application);
        var (second, silent, failing, late) = (
            await api.ADevice(world.Application), await api.ADevice(world.Application), await api.ADevice(world.Application), await api.ADevice(world.Application));
        var admin = await api.SignedInAsGlobalAdmin();
        (await admin.Post(
            "iot-device-payload-decoder-data-target-connection",
            new { iotDeviceIds = new[] { world.Device, second, silent, failing, late }, dataTargetId = target, payloadDecoderId = world.Decoder })).Is(HttpStatusCode.Created);
        var path = $"open-data-dk-sharing/{world.Organization}/data/{dataset}";
        Assert.Equal("""{"error":"NoData"}""", (await api.Anonymous().Get(path)).Is(HttpStatusCode.OK).Text);

        await Decoded(world, world.Device, """{"t":1}""", secondsAgo: 100);
        await Decoded(world, world.Device, """{"t":2.50}""", secondsAgo: 10);
        await Decoded(world, second, """{"t":3}""", secondsAgo: 20);
        await Decoded(world, failing, """{"t":4}""", secondsAgo: 20);
        await Decoded(world, failing, null, secondsAgo: 10);
        await Decoded(world, late, """{"t":5}""", secondsAgo: 20);
        await Seen(late, secondsAgo: 1); // its newest message is not decoded yet
        var answer = (await api.Anonymous().Get(path)).Is(HttpStatusCode.OK);

        Assert.Equal($$"""[{"t":2.50},{"t":3},{"error":"Could not decode data for device({{failing}})"},{"t":5}]""", answer.Text);
        Assert.Equal("public, max-age=0", answer.Headers.CacheControl!.ToString());
        Assert.NotNull(answer.Headers.ETag);
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId/data/:shareId")]
    public async Task Data_WhenAConnectionHasNoDecoder_IsNeverTheRawMessage()
    {
        var world = await api.AWorld();
        var (target, dataset) = await api.ASharedTarget(world.Application);
        await api.AConnection(world.Device, target, payloadDecoderId: null);
        await Decoded(world, world.Device, """{"raw":true}""", secondsAgo: 1, decoder: 0);

        var answer = await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}/data/{dataset}");

        Assert.Equal("""{"error":"NoData"}""", answer.Text);
    }

    [Fact]
    public async Task Resend_OfADeviceWhoseDataIsShared_PutsNothingInTheQueue()
    {
        var world = await api.AWorld();
        var (target, _) = await api.ASharedTarget(world.Application);
        await api.AConnection(world.Device, target, payloadDecoderId: null);
        var message = Guid.CreateVersion7();
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            VALUES ('{message}', now(), {world.Device}, {world.Organization}, 'GENERIC_HTTP', 'x')
            """);
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        var answer = await writer.Post($"iot-device/{world.Device}/messages/{message}/resend", new { onlyFailed = false, dataTargetIds = new[] { target } });

        answer.Is(HttpStatusCode.Created);
        Assert.Equal(0L, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE data_target_id = {target}"));
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId")]
    [Covers("GET /open-data-dk-sharing/:organizationId/data/:shareId")]
    public async Task Sharing_WhenTheTargetIsOfAnotherType_SharesNothing()
    {
        var world = await api.AWorld();
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO open_data_dk_datasets (name, description, license, author_name, author_email, resource_title, data_target_id, created_at, updated_at, personal_data_confirmed)
            VALUES ('n', 'd', 'https://l', 'a', 'a@b.dk', 'r', {world.DataTarget}, now(), now(), false)
            """);
        var dataset = await api.Database.ScalarAsync<int>($"SELECT id FROM open_data_dk_datasets WHERE data_target_id = {world.DataTarget}");

        Assert.Equal(0, (await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}"))["dataset"].GetArrayLength());
        (await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}/data/{dataset}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("GET /open-data-dk-sharing/:organizationId/data/:shareId")]
    public async Task Data_WhenAskedAgainWithinMoments_IsReadOnceAndStillTakenBackAtOnce()
    {
        await using var other = api.Another(host => host.UseSetting("OpenDataDk:DataMaxAge", "00:10:00"));
        var client = new ApiClient(other.CreateClient());
        var world = await api.AWorld();
        var (target, dataset) = await api.ASharedTarget(world.Application);
        await api.AConnection(world.Device, target, world.Decoder);
        var path = $"open-data-dk-sharing/{world.Organization}/data/{dataset}";
        await Decoded(world, world.Device, """{"t":1}""", secondsAgo: 10);
        Assert.Equal("""[{"t":1}]""", (await client.Get(path)).Text);
        await Decoded(world, world.Device, """{"t":2}""", secondsAgo: 1);

        Assert.Equal("""[{"t":1}]""", (await client.Get(path)).Text);

        await api.Database.ExecuteAsync($"DELETE FROM open_data_dk_datasets WHERE id = {dataset}");
        (await client.Get(path)).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("POST /data-target")]
    [Covers("PUT /data-target/:id")]
    public async Task Dataset_WhenChanged_KeepsItsAddressUntilItIsRemoved()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var body = new Dictionary<string, object?> { ["name"] = "o", ["type"] = "OPENDATADK", ["applicationId"] = world.Application, ["openDataDkDataset"] = ApiHost.ADataset() };
        var created = (await writer.Post("data-target", body)).Is(HttpStatusCode.Created);
        var dataset = created["openDataDkDataset"];
        Assert.Equal(
            [
                "id", "createdAt", "updatedAt", "name", "description", "keywords", "license", "authorName", "authorEmail", "resourceTitle", "updateFrequency",
                "documentationUrl", "themes", "confirmPersonalData",
            ],
            dataset.EnumerateObject().Select(m => m.Name));

        // Merged: what is absent stays, what is null goes.
        var changed = ApiHost.ADataset();
        changed["name"] = "Nyt navn";
        changed.Remove("keywords");
        changed["themes"] = null;
        body["openDataDkDataset"] = changed;
        var after = (await writer.Put($"data-target/{created.Id()}", body)).Is(HttpStatusCode.OK)["openDataDkDataset"];
        Assert.Equal(dataset.GetProperty("id").GetInt32(), after.GetProperty("id").GetInt32());
        Assert.Equal("Nyt navn", after.GetProperty("name").GetString());
        Assert.Equal(2, after.GetProperty("keywords").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, after.GetProperty("themes").ValueKind);

        body.Remove("openDataDkDataset");
        Assert.Equal("null", (await writer.Put($"data-target/{created.Id()}", body)).Is(HttpStatusCode.OK)["openDataDkDataset"].GetRawText());
        Assert.Equal(0, (await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}"))["dataset"].GetArrayLength());
    }

    [Fact]
    [Covers("POST /data-target")]
    public async Task Dataset_WhenItIsWrong_NamesEachRule()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        Task<Answer> Post(object? dataset, string type = "OPENDATADK") => writer.Post("data-target", new
        {
            name = "o",
            type,
            applicationId = world.Application,
            url = "https://example.dk",
            timeout = 1,
            openDataDkDataset = dataset,
        });
        async Task<string[]> Rules(string member, object? value)
        {
            var dataset = ApiHost.ADataset();
            dataset[member] = value;
            var failure = Assert.Single((await Post(dataset)).Is(HttpStatusCode.BadRequest)["message"].EnumerateArray());
            Assert.Equal("openDataDkDataset", failure.GetProperty("property").GetString());
            var child = Assert.Single(failure.GetProperty("children").EnumerateArray());
            Assert.Equal(member, child.GetProperty("property").GetString());
            return [.. child.GetProperty("constraints").EnumerateObject().Select(c => c.Name).Order()];
        }

        Assert.Equal(["isNotEmpty"], await Rules("name", ""));
        Assert.Equal(["isString"], await Rules("description", 7));
        Assert.Equal(["isNotEmpty", "isString"], await Rules("authorName", null));
        Assert.Equal(["isNotEmpty"], await Rules("resourceTitle", ""));
        Assert.Equal(["isUrl"], await Rules("license", "CC0"));
        Assert.Equal(["isEmail"], await Rules("authorEmail", "nobody"));
        Assert.Equal(["isString"], await Rules("keywords", new object[] { 1 }));
        Assert.Equal(["isEnum"], await Rules("updateFrequency", "NOW AND THEN"));
        Assert.Equal(["isEnum"], await Rules("themes", new[] { "CATS" }));
        Assert.Equal(["isUrl"], await Rules("documentationUrl", "javascript:alert(1)"));
        Assert.Equal(["isBoolean"], await Rules("confirmPersonalData", "yes"));
        Assert.Equal(["nestedValidation"], (await Post("all of it")).Is(HttpStatusCode.BadRequest).Rules("openDataDkDataset"));
        (await Post(ApiHost.ADataset(), "HTTP_PUSH")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"Only data targets of the type OPENDATADK can have an openDataDkDataset","error":"Bad Request"}""");
        (await Post(null, "HTTP_PUSH")).Is(HttpStatusCode.Created);
    }

    [Fact]
    [Covers("POST /data-target")]
    [Covers("GET /open-data-dk-sharing/:organizationId")]
    public async Task Dataset_WhenTheApplicationHoldsPersonalData_NeedsAConfirmation()
    {
        var world = await api.AWorld();
        var (_, before) = await api.ASharedTarget(world.Application);
        await api.Database.ExecuteAsync($"UPDATE applications SET personal_data = true WHERE id = {world.Application}");
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var dataset = ApiHost.ADataset();
        Task<Answer> Post() => writer.Post("data-target", new { name = "o", type = "OPENDATADK", applicationId = world.Application, openDataDkDataset = dataset });

        // What was shared before the mark was set waits for a confirmation too.
        Assert.Equal(0, (await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}"))["dataset"].GetArrayLength());
        (await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}/data/{before}")).Is(HttpStatusCode.NotFound);
        Assert.Contains("confirmPersonalData: true", (await Post()).Is(HttpStatusCode.BadRequest)["message"].GetString(), StringComparison.Ordinal);
        dataset["confirmPersonalData"] = true;
        Assert.True((await Post()).Is(HttpStatusCode.Created)["openDataDkDataset"].GetProperty("confirmPersonalData").GetBoolean());
        Assert.Equal(1, (await api.Anonymous().Get($"open-data-dk-sharing/{world.Organization}"))["dataset"].GetArrayLength());
    }

    [Fact]
    [Covers("GET /data-target/getOpenDataDkRegistered/:organizationId")]
    [Covers("PUT /data-target/updateOpenDataDkRegistered/:organizationId")]
    public async Task Registered_ForEachCaller_IsAnsweredOrRefused()
    {
        const string Object = """{"statusCode":403,"message":"Forbidden"}""";
        const string Unknown = """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""";
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        Assert.Equal("false", (await reader.Get($"data-target/getOpenDataDkRegistered/{world.Organization}")).Is(HttpStatusCode.OK).Text);
        Assert.Equal("true", (await writer.Send(HttpMethod.Put, $"data-target/updateOpenDataDkRegistered/{world.Organization}", EmptyJson())).Is(HttpStatusCode.OK).Text);
        Assert.Equal("true", (await reader.Get($"data-target/getOpenDataDkRegistered/{world.Organization}")).Text);

        foreach (var (verb, path) in ((HttpMethod, string)[])[(HttpMethod.Get, "getOpenDataDkRegistered"), (HttpMethod.Put, "updateOpenDataDkRegistered")])
        {
            (await writer.Send(verb, $"data-target/{path}/{other.Organization}", null)).IsRefused(HttpStatusCode.Forbidden, Object);
            (await writer.Send(verb, $"data-target/{path}/2000000000", null)).IsRefused(HttpStatusCode.NotFound, Unknown);
            (await writer.Send(verb, $"data-target/{path}/x", null)).Is(HttpStatusCode.BadRequest);
            (await (await api.SignedInAsNobody()).Send(verb, $"data-target/{path}/{world.Organization}", null)).IsRefused(
                HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
            (await api.Anonymous().Send(verb, $"data-target/{path}/{world.Organization}", null)).IsRefused(
                HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
        }

        (await reader.Send(HttpMethod.Put, $"data-target/updateOpenDataDkRegistered/{world.Organization}", null)).IsRefused(HttpStatusCode.Forbidden, Object);
    }

    [Fact]
    [Covers("POST /data-target/sendOpenDataDkMail")]
    public async Task Mail_WhenSent_TellsOpenDataDkAndIsNoted()
    {
        var mailer = new FakeMailer();
        await using var other = api.Another(host => host.ConfigureTestServices(services => services.AddSingleton<IMailer>(mailer)));
        var world = await api.AWorld();
        var writer = Through(other.CreateClient(), await api.SignedInAsApplicationAdminOf(world.Organization, world.Application));

        var answer = (await writer.Post("data-target/sendOpenDataDkMail", new
        {
            organizationId = world.Organization,
            organizationOddkAlias = "vejle <img src=x onerror=alert(1)>",
            comment = "</p><script>alert(1)</script>",
            sharingUrl = "https://iot.example.dk/api/v1/open-data-dk-sharing/1?a=1&b=\"2\"",
        })).Is(HttpStatusCode.Created);

        Assert.Equal("true", answer.Text);
        var mail = Assert.Single(mailer.Sent);
        Assert.Equal(("info@opendata.dk", "Ny integration til OS2IoT"), (mail.To, mail.Subject));
        Assert.Contains("vejle &lt;img src=x onerror=alert(1)&gt;", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("open-data-dk-sharing/1?a=1&amp;b=&quot;2&quot;", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("@example.dk", mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.True(await api.Database.ScalarAsync<bool>($"SELECT open_data_dk_registered FROM organizations WHERE id = {world.Organization}"));
    }

    [Fact]
    [Covers("POST /data-target/sendOpenDataDkMail")]
    public async Task Mail_WhenItCannotBeSent_IsNotNoted()
    {
        await using var other = api.Another(host => host.ConfigureTestServices(services => services.AddSingleton<IMailer>(new FakeMailer { IsAway = true })));
        var world = await api.AWorld();
        var writer = Through(other.CreateClient(), await api.SignedInAsApplicationAdminOf(world.Organization, world.Application));

        (await writer.Post("data-target/sendOpenDataDkMail", MailTo(world.Organization))).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.SEND-MAIL-ERROR","error":"Bad Request"}""");
        Assert.False(await api.Database.ScalarAsync<bool>($"SELECT open_data_dk_registered FROM organizations WHERE id = {world.Organization}"));
    }

    [Fact]
    [Covers("POST /data-target/sendOpenDataDkMail")]
    public async Task Mail_WhenItMayNotBeSent_IsRefused()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        (await writer.Post("data-target/sendOpenDataDkMail", MailTo(other.Organization))).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await reader.Post("data-target/sendOpenDataDkMail", MailTo(world.Organization))).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await writer.Post("data-target/sendOpenDataDkMail", MailTo(2_000_000_000))).Is(HttpStatusCode.NotFound);
        (await (await api.SignedInAsNobody()).Post("data-target/sendOpenDataDkMail", MailTo(world.Organization))).Is(HttpStatusCode.Forbidden);
        (await api.Anonymous().Post("data-target/sendOpenDataDkMail", MailTo(world.Organization))).Is(HttpStatusCode.Unauthorized);
        var invalid = (await writer.Post("data-target/sendOpenDataDkMail", new { sharingUrl = "here", comment = 7 })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["isNumber", "min"], invalid.Rules("organizationId"));
        Assert.Equal(["isString"], invalid.Rules("organizationOddkAlias"));
        Assert.Equal(["isString"], invalid.Rules("comment"));
        Assert.Equal(["isUrl"], invalid.Rules("sharingUrl"));
    }

    private static object MailTo(int organizationId) => new { organizationId, organizationOddkAlias = "vejle", sharingUrl = "https://example.dk" };

    private static StringContent EmptyJson() => new("", new MediaTypeHeaderValue("application/json"));

    private static ApiClient Through(HttpClient http, ApiClient user) => new(http) { Token = user.Token, UserId = user.UserId };

    private static void AssertJson(string expected, JsonNode actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());

    private Task<Answer> Get(string path, Action<HttpRequestHeaders> headers) => api.Anonymous().Send(HttpMethod.Get, path, null, headers);

    /// <summary>A message as the pipeline leaves it: seen, and decoded; without a payload the decoder failed.</summary>
    private async Task Decoded(World world, int device, string? payload, int secondsAgo, int? decoder = null)
    {
        var id = Guid.CreateVersion7();
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO decoded_messages (message_id, received_at, device_id, payload_decoder_id, payload_decoder_version, decoded_at, payload, error)
            VALUES ('{id}', now() - {secondsAgo} * interval '1 second', {device}, {decoder ?? world.Decoder}, 1, now(),
                {(payload is null ? "NULL, 'boom'" : $"convert_to('{payload}', 'UTF8'), NULL")})
            """);
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO device_states (device_id, last_seen_at, last_message_id)
            SELECT device_id, received_at, message_id FROM decoded_messages WHERE message_id = '{id}'
            ON CONFLICT (device_id) DO UPDATE SET last_seen_at = excluded.last_seen_at, last_message_id = excluded.last_message_id
            """);
    }

    private Task Seen(int device, int secondsAgo) => api.Database.ExecuteAsync(
        $"UPDATE device_states SET last_seen_at = now() - {secondsAgo} * interval '1 second', last_message_id = '{Guid.CreateVersion7()}' WHERE device_id = {device}");

    private sealed class FakeMailer : IMailer
    {
        public List<Core.Mail.Mail> Sent { get; } = [];

        public bool IsAway { get; init; }

        public Task SendAsync(Core.Mail.Mail mail, CancellationToken ct)
        {
            if (IsAway)
            {
                throw new IOException("away");
            }

            Sent.Add(mail);
            return Task.CompletedTask;
        }
    }
}
