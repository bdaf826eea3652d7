using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Api.Audit;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class AuditLogTests(ApiHost api)
{
    [Fact]
    public async Task List_AfterChanges_TellsWhoDidWhatFromWhere()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var editor = await api.SignedInAsApplicationAdminOf(organization, application);
        var name = ApiHost.Name("Åen");
        var device = (await editor.Post("iot-device", new { name, type = "GENERIC_HTTP", applicationId = application })).Id();
        (await editor.Put($"iot-device/{device}", new { id = device, name, type = "GENERIC_HTTP", applicationId = application, comment = "=1+1" })).Is(HttpStatusCode.OK);
        (await editor.Put($"iot-device/{device}", new { id = device, name, type = "GENERIC_HTTP", applicationId = application, comment = "=1+1" })).Is(HttpStatusCode.OK);
        (await editor.Put($"iot-device/resetHttpDeviceApiKey/{device}", null)).Is(HttpStatusCode.OK);
        (await editor.Delete($"iot-device/{device}")).Is(HttpStatusCode.OK);
        var admin = await api.SignedInAsUserAdminOf(organization);

        var list = (await admin.Get($"audit-log?organizationId={organization}&type=IoTDevice&entityId={device}")).Is(HttpStatusCode.OK);

        Assert.Equal(4, list["count"].GetInt32());
        var entries = list["data"].EnumerateArray().ToList();
        Assert.Equal(["DELETE", "UPDATE", "UPDATE", "CREATE"], entries.Select(e => e.GetProperty("action").GetString()));
        Assert.Equal(
            ["action", "address", "after", "before", "entityId", "id", "name", "organizationId", "reason", "succeeded", "timestamp", "traceId", "type", "userId", "userName"],
            entries[0].EnumerateObject().Select(m => m.Name).Order());
        Assert.All(entries, e => Assert.Equal((editor.UserId, name, true), (e.GetProperty("userId").GetInt32(), e.GetProperty("name").GetString(), e.GetProperty("succeeded").GetBoolean())));
        Assert.Equal("""{"comment": null}""", entries[2].GetProperty("before").GetRawText());
        Assert.Equal("""{"comment": "=1+1"}""", entries[2].GetProperty("after").GetRawText());
        Assert.Equal("""{"apiKey": "***"}""", entries[1].GetProperty("after").GetRawText());
        Assert.Equal(name, entries[0].GetProperty("before").GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, entries[0].GetProperty("after").ValueKind);
    }

    [Fact]
    public async Task List_WhenFilteredAndPaged_ShowsThat()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        await api.ADevice(application);
        await api.ADevice(application);
        var admin = await api.SignedInAsUserAdminOf(organization);
        var all = (await admin.Get($"audit-log?organizationId={organization}"))["data"].EnumerateArray().ToList();
        var devices = all.Where(e => e.GetProperty("type").GetString() == "IoTDevice").Select(Id).ToList();

        Assert.Equal(devices, Ids(await admin.Get("audit-log?type=IoTDevice&action=create&sort=DESC&orderOn=x")));
        Assert.Equal(devices.AsEnumerable().Reverse(), Ids(await admin.Get("audit-log?type=IoTDevice&sort=asc")));
        Assert.Equal([devices[1]], Ids(await admin.Get("audit-log?type=IoTDevice&limit=1&offset=1")));
        Assert.Equal([devices[0]], Ids(await admin.Get($"audit-log?q={Uri.EscapeDataString(all.Single(e => Id(e) == devices[0]).GetProperty("name").GetString()!.ToUpperInvariant())}")));
        Assert.Empty(Ids(await admin.Get("audit-log?q=%25")));
        Assert.Empty(Ids(await admin.Get("audit-log?to=2020-01-01")));
        Assert.Equal(all.Count, Ids(await admin.Get("audit-log?from=2020-01-01T00:00:00Z&succeeded=true")).Count);
        Assert.Empty(Ids(await admin.Get("audit-log?succeeded=false")));
        var bad = (await admin.Get("audit-log?from=soon&succeeded=perhaps&offset=10001&userId=x")).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["from", "offset", "succeeded", "userId"], bad["message"].EnumerateArray().Select(f => f.GetProperty("property").GetString()).Order());
    }

    [Fact]
    public async Task List_OfAnotherOrganization_IsRefusedAndEmpty()
    {
        var (organization, other) = (await api.AWorld(), await api.AWorld());
        var admin = await api.SignedInAsUserAdminOf(organization.Organization);

        (await admin.Get($"audit-log?organizationId={other.Organization}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await admin.Get($"audit-log/csv?organizationId={other.Organization}")).Is(HttpStatusCode.Forbidden);
        Assert.All((await admin.Get("audit-log?limit=1000"))["data"].EnumerateArray(), e => Assert.Equal(organization.Organization, e.GetProperty("organizationId").GetInt32()));
        Assert.NotEmpty(Ids(await (await api.SignedInAsGlobalAdmin()).Get($"audit-log?organizationId={other.Organization}")));
        (await (await api.SignedInAsApplicationAdminOf(organization.Organization, organization.Application)).Get("audit-log"))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await api.Anonymous().Get("audit-log")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Csv_WhenNamesAreFormulas_IsHarmless()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsGlobalAdmin();
        var name = ApiHost.Name("=HYPERLINK(\"æ\",1)");
        (await admin.Post("application", new { name, organizationId = organization })).Is(HttpStatusCode.Created);

        var csv = (await (await api.SignedInAsUserAdminOf(organization)).Get("audit-log/csv?type=Application")).Is(HttpStatusCode.OK);

        Assert.Equal("text/csv; charset=utf-8", csv.ContentHeaders.ContentType?.ToString());
        Assert.Equal("audit-log.csv", csv.ContentHeaders.ContentDisposition?.FileName?.Trim('"'));
        var lines = csv.Text.TrimStart('\uFEFF').Split('\n');
        Assert.Equal("id,timestamp,userId,userName,address,action,type,entityId,name,organizationId,before,after,succeeded,reason,traceId", lines[0]);
        Assert.Contains($"\"'{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", lines[1], StringComparison.Ordinal);
        Assert.Equal("", lines[2]);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("-70.5", "-70.5")]
    [InlineData("-1+1", "'-1+1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData(null, "")]
    public void Cell_OfAnything_IsOneCellAndNoFormula(string? value, string expected) => Assert.Equal(expected, CsvRows.Cell(value));

    [Fact]
    public async Task Refusal_OfAChange_IsToldToWhomItConcerns()
    {
        var (victim, own) = (await api.AWorld(), await api.AWorld());
        var stranger = await api.SignedInAsApplicationAdminOf(own.Organization, own.Application);
        (await stranger.Delete($"iot-device/{victim.Device}")).Is(HttpStatusCode.Forbidden);
        (await stranger.Put("iot-device/2000000000", new { id = 1, name = "x", type = "GENERIC_HTTP", applicationId = own.Application })).Is(HttpStatusCode.NotFound);
        (await stranger.Post("application", new { name = "", organizationId = own.Organization, contactPhone = "x" })).Is(HttpStatusCode.BadRequest);
        (await stranger.Post("application", new { name = "x", organizationId = own.Organization, permissionIds = "p" })).Is(HttpStatusCode.BadRequest);
        (await stranger.Post("organization", new { name = "mine" })).Is(HttpStatusCode.Forbidden);
        (await stranger.Get($"iot-device/{victim.Device}")).Is(HttpStatusCode.Forbidden);
        (await api.Anonymous().Delete($"iot-device/{victim.Device}")).Is(HttpStatusCode.Unauthorized);

        var theirs = Assert.Single(Entries(await (await api.SignedInAsUserAdminOf(victim.Organization)).Get("audit-log?succeeded=false")));
        Assert.Equal(("DELETE", $"{victim.Device}", "Forbidden", stranger.UserId), (Text(theirs, "action"), Text(theirs, "entityId"), Text(theirs, "reason"), theirs.GetProperty("userId").GetInt32()));
        var ours = Entries(await (await api.SignedInAsUserAdminOf(own.Organization)).Get("audit-log?succeeded=false&sort=ASC"));
        Assert.Equal(
            [("UPDATE", "IoTDevice", "Not Found"), ("CREATE", "Application", "name: minLength; contactPhone: isPhoneNumberString"), ("CREATE", "Application", "permissionIds: isArray, isInt"), ("CREATE", "Organization", "Forbidden resource")],
            ours.Select(e => (Text(e, "action")!, Text(e, "type")!, Text(e, "reason")!)));
    }

    [Fact]
    public async Task Login_WhetherItWorksOrNot_IsTold()
    {
        // Failures of other tests from the same address would leave no room for this one's.
        await api.Services.GetRequiredService<FailureLog>().FlushAsync(force: true);
        var email = await api.AUser(bcryptCost: 4);
        var client = api.Anonymous();
        (await client.Post("auth/login", new { username = email, password = "my real password" })).Is(HttpStatusCode.Unauthorized);
        (await client.Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Created);

        var answer = await (await api.SignedInAsGlobalAdmin()).Get($"audit-log?action=LOGIN&sort=ASC&q={email}");
        var entries = Entries(answer);

        Assert.Equal([(false, "Wrong e-mail or password.", email), (true, null, email)], entries.Select(e => (e.GetProperty("succeeded").GetBoolean(), Text(e, "reason"), Text(e, "name"))));
        Assert.Equal(email, Text(entries[0], "userName"));
        Assert.Equal(JsonValueKind.Null, entries[0].GetProperty("userId").ValueKind);
        Assert.Equal(Text(entries[1], "entityId"), entries[1].GetProperty("userId").GetRawText());
        Assert.DoesNotContain("my real", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_OfAUserOfOneOrganization_IsReadByItsUserAdmins()
    {
        // Failures of other tests from the same address would leave no room for this one's.
        await api.Services.GetRequiredService<FailureLog>().FlushAsync(force: true);
        var organization = await api.AnOrganization();
        var email = await api.AUser(bcryptCost: 4);
        await api.Database.ExecuteAsync(
            $"INSERT INTO permission_users (permissions_id, users_id) SELECT (SELECT min(id) FROM permissions WHERE organization_id = {organization}), id FROM users WHERE email = '{email}'");
        (await api.Anonymous().Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Created);
        (await api.Anonymous().Post("auth/login", new { username = email, password = "wrong" })).Is(HttpStatusCode.Unauthorized);

        Assert.Equal(2, Entries(await (await api.SignedInAsUserAdminOf(organization)).Get("audit-log?action=LOGIN")).Count);
    }

    [Fact]
    public async Task Failures_WhenTheyFlood_AreCountedInsteadOfWritten()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var failures = new FailureLog(api.Services.GetRequiredService<IServiceScopeFactory>(), clock, NullLogger<FailureLog>.Instance);
        var name = ApiHost.Name("flood");
        var address = IPAddress.Parse("192.0.2.99");
        for (var i = 0; i < FailureLog.LinesPerCaller + 70; i++)
        {
            await failures.WriteAsync(
                new AuditRecord { Action = "LOGIN", Type = "User", Name = name, Refused = "Wrong." }, new Actor { UserName = name, Address = address });
        }

        Assert.Equal(FailureLog.LinesPerCaller, await LinesFromAsync(address));
        clock.Advance(FailureLog.Window);
        await failures.FlushAsync(force: false);
        Assert.Equal(FailureLog.LinesPerCaller + 1, await LinesFromAsync(address));
        var last = await api.Database.ScalarAsync<string>("SELECT reason FROM audit_entries WHERE address = '192.0.2.99' ORDER BY id DESC LIMIT 1");
        Assert.Matches("^70 more since ..:..:.. UTC. Wrong.$", last);
        await failures.FlushAsync(force: true);
        Assert.Equal(FailureLog.LinesPerCaller + 1, await LinesFromAsync(address));
    }

    [Fact]
    public async Task Update_OfATarget_ShowsASecretOnlyWhenItChanged()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        object Body(string url, string secret) => new { name = "t", type = "HTTP_PUSH", applicationId = world.Application, url, timeout = 3000, authorizationHeader = secret };
        (await admin.Put($"data-target/{world.DataTarget}", Body("https://a.dk", ""))).Is(HttpStatusCode.OK);
        (await admin.Put($"data-target/{world.DataTarget}", Body("https://a.dk", "another secret"))).Is(HttpStatusCode.OK);

        var entries = Entries(await admin.Get($"audit-log?type=DataTarget&entityId={world.DataTarget}&action=UPDATE&sort=ASC"));

        Assert.Equal("""{"url": "https://a.dk"}""", entries[0].GetProperty("after").GetProperty("settings").GetRawText());
        Assert.Equal("""{"settings": {"authorizationHeader": "***"}}""", entries[1].GetProperty("after").GetRawText());
    }

    [Fact]
    public async Task Changes_OfDifferentPeopleOneAfterTheOther_AreNotMixedUp()
    {
        var organization = await api.AnOrganization();
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.SignedInAs(organization, PermissionType.OrganizationApplicationAdmin)));
        await Task.WhenAll(clients.SelectMany(c => Enumerable.Range(0, 5).Select(async i =>
            (await c.Post("payload-decoder", new { name = $"by {c.UserId}", organizationId = organization, decodingFunction = "\"\"" })).Is(HttpStatusCode.Created))));

        var entries = Entries(await (await api.SignedInAsUserAdminOf(organization)).Get("audit-log?type=PayloadDecoder&limit=100"));

        Assert.Equal(40, entries.Count);
        Assert.All(entries, e => Assert.Equal($"by {e.GetProperty("userId").GetInt32()}", Text(e, "name")));
    }

    [Fact]
    public void Endpoints_ThatChangeSomething_AreKnownToTheLog()
    {
        // They change nothing that the log tells of, or tell it themselves.
        string[] others = ["auth/", "test-payload-decoder", "sync/"];

        var unknown = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<FastEndpoints.EndpointDefinition>() is not null)
            .Select(e => (Path: "/" + e.RoutePattern.RawText!.TrimStart('/'), Method: e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]))
            .Where(e => e.Method != "GET" && AuditedRoutes.Of(e.Method, e.Path) is null && !others.Any(o => e.Path["/api/v1/".Length..].StartsWith(o, StringComparison.OrdinalIgnoreCase)))
            .Select(e => $"{e.Method} {e.Path}").ToList();

        Assert.True(unknown.Count == 0, $"Say in {nameof(AuditedRoutes)} what these change, so that a refusal is told: {string.Join(", ", unknown)}");
    }

    [Theory]
    [InlineData("POST", "/api/v1/iot-device/createMany", "CREATE", "IoTDevice")]
    [InlineData("PUT", "/API/V1/Application/7/", "UPDATE", "Application")]
    [InlineData("DELETE", "/api/v1/iot-device-payload-decoder-data-target-connection/7", "DELETE", "IoTDevicePayloadDecoderDataTargetConnection")]
    [InlineData("POST", "/api/v1/iot-device/7/downlink", "CREATE", "Downlink")]
    [InlineData("POST", "/api/v1/multicast/7/downlink-multicast", "CREATE", "Downlink")]
    [InlineData("POST", "/api/v1/iot-device/7/messages/resend", "RESEND", "IoTDevice")]
    [InlineData("PUT", "/api/v1/kombitCreation/createNewKombitUser", "UPDATE", "User")]
    [InlineData("POST", "/api/v1/chirpstack/device-profiles", "CREATE", "ChirpstackDeviceProfile")]
    public void Route_OfAChange_NamesWhatItChanges(string method, string path, string action, string type) =>
        Assert.Equal((action, type), AuditedRoutes.Of(method, path));

    private static long Id(JsonElement entry) => entry.GetProperty("id").GetInt64();

    private static string? Text(JsonElement entry, string member) => entry.GetProperty(member).GetString();

    private static List<JsonElement> Entries(Answer list) => [.. list.Is(HttpStatusCode.OK)["data"].EnumerateArray()];

    private static List<long> Ids(Answer list) => [.. Entries(list).Select(Id)];

    private Task<long> LinesFromAsync(IPAddress address) =>
        api.Database.ScalarAsync<long>($"SELECT count(*) FROM audit_entries WHERE address = '{address}'");
}
