using System.Net;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class ApplicationTests(ApiHost api)
{
    [Fact]
    [Covers("POST /application")]
    public async Task Create_WhenComplete_IsShownAsSent()
    {
        var organization = await api.AnOrganization();
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(organization);

        var created = (await applicationAdmin.Post("application", new
        {
            name = ApiHost.Name("Åer"),
            organizationId = organization,
            description = (string?)null,
            status = "IN-OPERATION",
            startDate = "2024-01-02",
            endDate = "no date",
            contactPhone = "+45123456",
            personalData = true,
            controlledProperties = new[] { "temperature", "pH" },
            deviceTypes = new[] { "OTHER", "LORAWAN" },
            unknown = 1,
        })).Is(HttpStatusCode.Created);

        Assert.Equal("2024-01-02T00:00:00.000Z", created["startDate"].GetString());
        Assert.Null(created["endDate"].GetString());
        Assert.Null(created["chirpstackId"].GetString());
        Assert.Equal(organization, created["belongsTo"].GetProperty("id").GetInt32());
        Assert.Equal(["pH", "temperature"], created["controlledProperties"].EnumerateArray().Select(p => p.GetProperty("type").GetString()));
        Assert.Equal(["LORAWAN", "OTHER"], created["deviceTypes"].EnumerateArray().Select(p => p.GetProperty("type").GetString()));
        Assert.Equal(2, created["permissionIds"].GetArrayLength());
        Assert.Equal(applicationAdmin.UserId, created["createdBy"].GetInt32());
    }

    [Fact]
    [Covers("POST /application")]
    public async Task Create_WhenMembersAreWrong_NamesEveryRule()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.Post("application", new
        {
            name = "",
            organizationId = "1",
            status = "x",
            contactPhone = "call me maybe",
            personalData = "yes",
            controlledProperties = new[] { "pH", "pH", "soul" },
            hardware = new string('x', 1025),
        })).Is(HttpStatusCode.BadRequest);

        Assert.Equal(["minLength"], answer.Rules("name"));
        Assert.Equal(["isNumber", "min"], answer.Rules("organizationId"));
        Assert.Equal(["isEnum"], answer.Rules("status"));
        Assert.Equal(["isPhoneNumberString", "maxLength"], answer.Rules("contactPhone"));
        Assert.Equal(["isBoolean"], answer.Rules("personalData"));
        Assert.Equal(["arrayUnique", "isEnum"], answer.Rules("controlledProperties"));
        Assert.Equal(["maxLength"], answer.Rules("hardware"));
        Assert.Contains("status must be one of the following values: NONE, IN-OPERATION, PROJECT, PROTOTYPE, OTHER", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /application")]
    public async Task Create_WhenNotAllowedOrNotPossible_IsRefused()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(organization);
        var name = ApiHost.Name("application");
        (await applicationAdmin.Post("application", new { name, organizationId = organization })).Is(HttpStatusCode.Created);

        (await applicationAdmin.Post("application", new { name, organizationId = organization })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE","error":"Bad Request"}""");
        (await applicationAdmin.Post("application", new { name = "x", organizationId = other })).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await applicationAdmin.Post("application", new { name = "x" })).Is(HttpStatusCode.BadRequest);
        (await (await api.SignedInAsGlobalAdmin()).Post("application", new { name = "x", organizationId = 2_000_000_000 })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Covers("PUT /application/:id")]
    [Covers("GET /application/:id")]
    public async Task Update_WhenMembersAreAbsentOrNull_LeavesAloneOrClears()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var organization = await api.AnOrganization();
        var name = ApiHost.Name("application");
        var id = (await admin.Post("application", new
        {
            name,
            organizationId = organization,
            description = "kept",
            owner = "cleared",
            startDate = "2024-01-02T03:04:05Z",
            controlledProperties = new[] { "pH" },
        })).Id();

        (await admin.Put($"application/{id}?observe=response", new { name, organizationId = organization, owner = (string?)null })).Is(HttpStatusCode.OK);

        var after = (await admin.Get($"application/{id}")).Is(HttpStatusCode.OK);
        Assert.Equal("kept", after["description"].GetString());
        Assert.Null(after["owner"].GetString());
        Assert.Null(after["startDate"].GetString());
        Assert.Equal(1, after["controlledProperties"].GetArrayLength());
        Assert.Equal(0, after["permissionIds"].GetArrayLength());
    }

    [Fact]
    [Covers("PUT /application/:id")]
    public async Task Update_WhenMovedOrMapped_StaysWithinTheCallersOrganizations()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var id = await api.AnApplication(organization);
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(organization, id);
        var admin = await api.SignedInAsGlobalAdmin();
        var foreign = (await admin.Get($"organization/{other}"))["permissions"][0].GetProperty("id").GetInt32();
        var own = (await admin.Get($"organization/{organization}"))["permissions"][0].GetProperty("id").GetInt32();
        var name = ApiHost.Name("moved");

        (await applicationAdmin.Put($"application/{id}", new { name, organizationId = other })).Is(HttpStatusCode.Forbidden);
        var updated = (await applicationAdmin.Put($"application/{id}", new { name, organizationId = organization, permissionIds = new[] { own, foreign } })).Is(HttpStatusCode.OK);

        Assert.Equal([own], updated["permissionIds"].EnumerateArray().Select(p => p.GetInt32()));
        (await admin.Put("application/0", new { name, organizationId = organization })).Is(HttpStatusCode.NotFound);
        (await applicationAdmin.Put("application/0", new { name, organizationId = organization })).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    [Covers("GET /application")]
    public async Task List_WhenFilteredAndSorted_ShowsWhatTheCallerReads()
    {
        var organization = await api.AnOrganization();
        var (first, second) = (await api.AnApplication(organization), await api.AnApplication(organization));
        await api.ADevice(first);
        var reader = await api.SignedInAsReaderOf(organization, second);
        var userAdmin = await api.SignedInAsUserAdminOf(organization);

        Assert.Equal([second], Ids(await reader.Get($"application?organizationId={organization}")));
        Assert.Equal([second], Ids(await reader.Get("application?limit=null&offset=null&sort=null&orderOn=null")));
        Assert.Equal([second, first], Ids(await userAdmin.Get($"application?organizationId={organization}&orderOn=devices&sort=ASC")));
        Assert.Equal([first, second], Ids(await userAdmin.Get($"application?organizationId={organization}&orderOn=nonsense&sort=DESC")));
        Assert.Equal([second], Ids(await userAdmin.Get($"application?organizationId={organization}&limit=1&offset=1&orderOn=id&sort=ASC")));
        (await reader.Get($"application?organizationId={await api.AnOrganization()}")).Is(HttpStatusCode.Forbidden);

        var item = (await userAdmin.Get($"application?organizationId={organization}"))["data"][0];
        Assert.True(item.TryGetProperty("dataTargets", out _));
        Assert.Null(item.GetProperty("iotDevices")[0].GetProperty("apiKey").GetString());
        Assert.False((await reader.Get("application"))["data"][0].TryGetProperty("dataTargets", out _));
    }

    [Fact]
    [Covers("GET /application/:id/iot-devices")]
    public async Task Devices_WhenSortedByActivity_PutsSilentOnesFirstAscendingAndLastDescending()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var (silent, active) = (await api.ADevice(application), await api.ADevice(application));
        var message = Guid.CreateVersion7();
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload, rssi)
            VALUES ('{{message}}', now(), {{active}}, {{organization}}, 'GENERIC_HTTP', convert_to('{"level": 1.50}', 'UTF8'), -70);
            INSERT INTO device_states (device_id, last_seen_at, last_message_id) SELECT device_id, received_at, id FROM received_messages WHERE id = '{{message}}';
            """);
        var reader = await api.SignedInAsReaderOf(organization, application);

        Assert.Equal([silent, active], Ids(await reader.Get($"application/{application}/iot-devices?orderOn=active&sort=ASC")));
        var list = await reader.Get($"application/{application}/iot-devices?orderOn=active&sort=DESC");
        Assert.Equal([active, silent], Ids(list));
        Assert.Contains("""{"level": 1.50}""", list.Text, StringComparison.Ordinal);
        Assert.Null(list["data"][1].GetProperty("latestReceivedMessage").GetString());
        Assert.Null(list["data"][0].GetProperty("apiKey").GetString());
        (await reader.Get("application/0/iot-devices")).Is(HttpStatusCode.Forbidden);
        Assert.Equal(0, (await (await api.SignedInAsGlobalAdmin()).Get("application/0/iot-devices")).Is(HttpStatusCode.OK)["count"].GetInt32());
    }

    [Fact]
    [Covers("DELETE /application/:id")]
    public async Task Delete_WhenAllowed_TakesDevicesAndTargets()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        (await (await api.SignedInAsReaderOf(world.Organization, world.Application)).Delete($"application/{world.Application}")).Is(HttpStatusCode.Forbidden);
        (await (await api.SignedInAs(world.Organization, PermissionType.OrganizationApplicationAdmin)).Delete($"application/{world.Application}"))
            .Is(HttpStatusCode.Forbidden);

        (await (await api.SignedInAsApplicationAdminOf(world.Organization, world.Application)).Delete($"application/{world.Application}")).Is(HttpStatusCode.OK);

        (await admin.Get($"iot-device/{world.Device}")).Is(HttpStatusCode.NotFound);
        (await admin.Get($"data-target/{world.DataTarget}")).Is(HttpStatusCode.NotFound);
        (await admin.Delete($"application/{world.Application}")).Is(HttpStatusCode.NotFound);
    }

    private static int[] Ids(Answer list) =>
        [.. list.Is(HttpStatusCode.OK)["data"].EnumerateArray().Select(a => a.GetProperty("id").GetInt32())];

    [Fact]
    [Covers("GET /application/:id")]
    [Covers("GET /application/:id/iot-devices")]
    public async Task Get_WhenMissingOrForeign_IsRefused()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        (await reader.Get($"application/{world.Application}")).Is(HttpStatusCode.OK);
        (await reader.Get($"application/{other.Application}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await reader.Get($"application/{other.Application}/iot-devices")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await (await api.SignedInAsGlobalAdmin()).Get("application/0")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        (await (await api.SignedInAsNobody()).Get($"application/{world.Application}")).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await (await api.SignedInAsUserAdminOf(world.Organization)).Put($"application/{world.Application}", new { name = "x", organizationId = world.Organization }))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
    }

    [Fact]
    [Covers("GET /application")]
    public async Task List_WhenAdminOfOneOrganizationAndReaderOfAnother_ShowsBoth()
    {
        var (first, second) = (await api.AWorld(), await api.AWorld());
        var both = await api.SignedInAsApplicationAdminOf(first.Organization, first.Application);
        await using (var db = api.Database.CreateContext())
        {
            var permission = new Permission { Name = "second", OrganizationId = second.Organization };
            permission.Types.Add(new PermissionTypeEntry { Type = PermissionType.Read });
            permission.Applications.Add((await db.Applications.FindAsync([second.Application], TestContext.Current.CancellationToken))!);
            permission.Users.Add((await db.Users.FindAsync([both.UserId], TestContext.Current.CancellationToken))!);
            db.Permissions.Add(permission);
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal([first.Application, second.Application], Ids(await both.Get("application")));
    }

    [Fact]
    [Covers("DELETE /application/:id")]
    public async Task Delete_WhenItHasSigfoxDevices_IsRefused()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        await using (var db = api.Database.CreateContext())
        {
            db.Devices.Add(new OS2iot.Core.Sigfox.SigfoxDevice
            {
                Name = "s",
                SigfoxId = $"{world.Device:X8}",
                ApplicationId = world.Application,
                SigfoxGroup = new OS2iot.Core.Sigfox.SigfoxGroup { Username = ApiHost.Name("group"), PasswordCiphertext = "x", OrganizationId = world.Organization },
            });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        (await admin.Delete($"application/{world.Application}")).IsRefused(
            HttpStatusCode.Conflict, """{"statusCode":409,"message":"MESSAGE.DELETE-NOT-ALLOWED-HAS-SIGFOX-DEVICE","error":"Conflict"}""");
    }
}
