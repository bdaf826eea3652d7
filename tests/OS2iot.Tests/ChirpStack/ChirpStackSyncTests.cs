using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Api.Auth;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.ChirpStack.Sync;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sync;
using OS2iot.Simulator.ChirpStack;
using OS2iot.Tests.Api;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Sync;

namespace OS2iot.Tests.ChirpStack;

/// <summary>What users do by the Api is at ChirpStack: at once, or after an outage.</summary>
public sealed class ChirpStackSyncTests(PostgreSql postgres) : IAsyncLifetime
{
    private ApiHost _api = null!;
    private RunningChirpStack _played = null!;
    private WebApplicationFactory<Login> _host = null!;
    private ApiClient _admin = null!;
    private int _organization;
    private int _application;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ChirpStackNetwork Network => _played.Network;

    public async ValueTask InitializeAsync()
    {
        _api = new ApiHost(postgres);
        await _api.InitializeAsync();
        _played = await RunningChirpStack.StartAsync();
        _host = _api.Another(b => b.UseSetting("ChirpStack:Address", _played.Address.ToString()).UseSetting("ChirpStack:ApiKey", RunningChirpStack.ApiKey));
        _admin = new ApiClient(_host.CreateClient(ApiHost.NoRedirects)) { Token = (await _api.SignedInAsGlobalAdmin()).Token };
        _organization = await _api.AnOrganization();
        _application = await _api.AnApplication(_organization);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _played.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Device_WhenUsersChangeIt_IsSoAtChirpStackBeforeTheyAreAnswered()
    {
        var profile = await AProfileAsync();
        var other = await _api.AnApplication(_organization);
        var (eui, key) = (ApiHost.Eui(), ApiHost.Key());

        var id = (await _admin.Post("iot-device", Device("sensor", Otaa(profile, eui, key)))).Is(HttpStatusCode.Created).Id();
        var made = Assert.Single(Network.Devices.Values);
        Assert.Equal((eui, "sensor", key), (made.Device.DevEui, made.Device.Name, made.Keys!.NwkKey));
        Assert.Equal(($"{id}", $"{_organization}"), (made.Device.Tags["os2iot-id"], made.Device.Tags["internalOrganizationId"]));
        var application = Network.Applications[made.Device.ApplicationId].Application;
        Assert.StartsWith("os2iot-application", application.Name, StringComparison.Ordinal);
        Assert.Equal("OS2iot", Network.Tenants[application.TenantId].Tenant.Name);
        Assert.StartsWith("profile", Network.Profiles[made.Device.DeviceProfileId].Profile.Name, StringComparison.Ordinal);

        // What others set there stays.
        made.Device.Variables["theirs"] = "kept";
        (await _admin.Put($"iot-device/{id}", Device("renamed", Otaa(profile, eui, key), id, other))).Is(HttpStatusCode.OK);
        var moved = Assert.Single(Network.Devices.Values);
        Assert.Equal(("renamed", "kept"), (moved.Device.Name, moved.Device.Variables["theirs"]));
        Assert.NotEqual(application.Id, moved.Device.ApplicationId);

        var newEui = ApiHost.Eui();
        (await _admin.Put($"iot-device/{id}", Device("renamed", Abp(profile, newEui), id, other))).Is(HttpStatusCode.OK);
        var personalized = Assert.Single(Network.Devices.Values);
        Assert.Equal((newEui, "01abcdef", null), (personalized.Device.DevEui, personalized.Activation!.DevAddr, personalized.Keys));
        Assert.Equal((17u, 9u), (personalized.Activation.FCntUp, personalized.Activation.NFCntDown));

        // The network counts on; a change of something else does not set that back.
        personalized.Activation.FCntUp = 99;
        (await _admin.Put($"iot-device/{id}", Device("again", Abp(profile, newEui), id, other))).Is(HttpStatusCode.OK);
        Assert.Equal(("again", 99u), (personalized.Device.Name, personalized.Activation.FCntUp));

        (await _admin.Delete($"iot-device/{id}")).Is(HttpStatusCode.OK);
        Assert.Empty(Network.Devices);
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Device_WhenChirpStackRefusesIt_IsNotSavedAndTheUserReadsWhy()
    {
        var profile = await AProfileAsync();
        var foreign = await _played.AddThingsAsync();

        var refused = await _admin.Post("iot-device", Device("sensor", Otaa(profile, foreign.DevEui, ApiHost.Key())));
        var rows = (await _admin.Post("iot-device/createMany", new
        {
            data = new[]
            {
                Device("one", Otaa(profile, ApiHost.Eui(), ApiHost.Key())),
                Device("two", Otaa(profile, foreign.DevEui, ApiHost.Key())),
                Device("three", Otaa(profile, ApiHost.Eui(), ApiHost.Key())),
            },
        })).Is(HttpStatusCode.Created);

        refused.IsRefused(HttpStatusCode.BadRequest, """{"message":"ChirpStack has the device already, in another tenant."}""");
        var names = (await _admin.Get($"application/{_application}/iot-devices"))["data"].EnumerateArray().Select(d => d.GetProperty("name").GetString());
        Assert.Equal(["one", "three"], names.Order());
        Assert.Contains("in another tenant", rows.Text, StringComparison.Ordinal);
        Assert.Equal(3, Network.Devices.Count);
        Assert.Equal("A device", Network.Devices[foreign.DevEui].Device.Name);
    }

    [Fact]
    public async Task GatewayProfileAndGroup_WhenUsersChangeThem_AreSoAtChirpStack()
    {
        var profile = await AProfileAsync();
        var devices = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            devices.Add((await _admin.Post("iot-device", Device($"d{i}", Otaa(profile, ApiHost.Eui(), ApiHost.Key())))).Id());
        }

        var gatewayId = ApiHost.Eui();
        var place = new { longitude = 10.5, latitude = 57.5, altitude = 12 };
        (await _admin.Post("chirpstack/gateway", new
        {
            organizationId = _organization,
            gateway = new { gatewayId, name = "mast", location = place, tagsString = """{"owner":"harbour"}""" },
        })).Is(HttpStatusCode.Created);
        var gateway = Network.Gateways[gatewayId].Gateway;
        Assert.Equal(("mast", 57.5, 12d, "harbour", 30u), (gateway.Name, gateway.Location.Latitude, gateway.Location.Altitude, gateway.Tags["owner"], gateway.StatsInterval));
        (await _admin.Put($"chirpstack/gateway/{gatewayId}", new { gateway = new { name = "tower", location = place, tagsString = "{}" } })).Is(HttpStatusCode.OK);
        gateway = Network.Gateways[gatewayId].Gateway;
        Assert.Equal(("tower", false, $"{_organization}"), (gateway.Name, gateway.Tags.ContainsKey("owner"), gateway.Tags["internalOrganizationId"]));

        var group = (await _admin.Post("multicast", Group([devices[0], devices[1]]))).Is(HttpStatusCode.Created).Id();
        var played = Assert.Single(Network.Groups.Values);
        Assert.Equal((2, 7u, "01abcdef"), (played.DevEuis.Count, played.Group.FCnt, played.Group.McAddr));
        played.Group.FCnt = 20;
        (await _admin.Put($"multicast/{group}", Group([devices[1], devices[2]], "renamed"))).Is(HttpStatusCode.OK);
        Assert.Equal(("renamed", 20u, 2), (played.Group.Name, played.Group.FCnt, played.DevEuis.Count));
        Assert.DoesNotContain(Network.Devices.Values.Single(d => d.Device.Name == "d0").Device.DevEui, played.DevEuis);

        (await _admin.Delete($"multicast/{group}")).Is(HttpStatusCode.OK);
        (await _admin.Delete($"chirpstack/gateway/{gatewayId}")).Is(HttpStatusCode.OK);
        Assert.Empty(Network.Groups);
        Assert.Empty(Network.Gateways);
        (await _admin.Delete($"chirpstack/device-profiles/{profile}")).Is(HttpStatusCode.Conflict);
        Assert.Equal(3, Network.Devices.Count);
        (await _admin.Delete($"application/{_application}")).Is(HttpStatusCode.OK);
        (await _admin.Delete($"chirpstack/device-profiles/{profile}")).Is(HttpStatusCode.OK);
        Assert.Empty(Network.Devices);
        Assert.Empty(Network.Applications);
        Assert.Empty(Network.Profiles);
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Outage_WhileUsersCreateChangeAndDelete_LeavesBothSidesEqualAfterwards()
    {
        const int Many = 200;
        using var worker = await WorkerAsync();
        var profile = await AProfileAsync();
        var keys = Enumerable.Range(0, Many).Select(_ => (Eui: ApiHost.Eui(), Key: ApiHost.Key())).ToList();
        Network.Faults = new ChirpStackFaults { Code = StatusCode.Unavailable };

        var ids = new List<int>();
        foreach (var chunk in keys.Select((k, i) => Device($"d{i}", Otaa(profile, k.Eui, k.Key))).Chunk(50))
        {
            var rows = (await _admin.Post("iot-device/createMany", new { data = chunk })).Is(HttpStatusCode.Created);
            ids.AddRange(rows.Json.EnumerateArray().Select(r => r.GetProperty("data").GetProperty("id").GetInt32()));
        }

        for (var i = 0; i < Many; i += 4)
        {
            (await _admin.Put($"iot-device/{ids[i]}", Device($"renamed{i}", Otaa(profile, keys[i].Eui, keys[i].Key), ids[i]))).Is(HttpStatusCode.OK);
            (await _admin.Delete($"iot-device/{ids[i + 1]}")).Is(HttpStatusCode.OK);
        }

        Assert.Empty(Network.Devices);
        Network.Faults = new ChirpStackFaults();
        await NothingWaitsAsync();

        await using var db = _api.Database.CreateContext();
        var ours = await db.LoRaWanDevices.OrderBy(d => d.DevEui).Select(d => new { d.DevEui, d.Name }).ToListAsync(Ct);
        Assert.Equal(Many - (Many / 4), ours.Count);
        Assert.Equal(
            ours.Select(d => (d.DevEui, d.Name)),
            Network.Devices.Values.OrderBy(d => d.Device.DevEui, StringComparer.Ordinal).Select(d => (d.Device.DevEui, d.Device.Name)));
        Assert.All(Network.Devices.Values, d => Assert.Equal(keys.Single(k => k.Eui == d.Device.DevEui).Key, d.Keys!.NwkKey));
        var drift = await worker.Services.GetServices<SyncedSystem>().Single().CompareAsync(db, Ct);
        Assert.Empty(drift.Missing.Concat(drift.Extra).Concat(drift.Different));
    }

    [Fact]
    public async Task Import_OfAThousandDevices_IsAtChirpStackAndCanBeSentAgain()
    {
        const int Many = 1_000;
        var profile = await AProfileAsync();
        var data = Enumerable.Range(0, Many).Select(i => Device($"d{i}", Otaa(profile, ApiHost.Eui(), ApiHost.Key()))).ToList();

        var first = (await _admin.Post("iot-device/createMany", new { data })).Is(HttpStatusCode.Created);
        var again = (await _admin.Post("iot-device/createMany", new { data })).Is(HttpStatusCode.Created);

        Assert.Equal(Many, Network.Devices.Values.Count(d => d.Keys is not null));
        Assert.Equal(IdsOf(first), IdsOf(again));
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Downlink_WhenAskedFor_IsInTheQueueThereInPlaceOfTheOneBefore()
    {
        var profile = await AProfileAsync();
        var device = (await _admin.Post("iot-device", Device("d", Otaa(profile, ApiHost.Eui(), ApiHost.Key())))).Id();
        var queue = Network.Devices.Values.Single().Queue;

        (await _admin.Post($"iot-device/{device}/downlink", new { data = "0102", port = 7, confirmed = true })).Is(HttpStatusCode.Created);
        (await _admin.Post($"iot-device/{device}/downlink", new { data = "03FF", port = 8 })).Is(HttpStatusCode.Created);

        var waiting = Assert.Single(queue);
        Assert.Equal((8u, false, "03ff"), (waiting.FPort, waiting.Confirmed, Convert.ToHexStringLower(waiting.Data.Span)));
        var listed = (await _admin.Get($"iot-device/{device}/downlinks"))["data"].EnumerateArray().Select(d => d.GetProperty("state").GetString()).ToList();
        Assert.Equal(["queued", "flushed"], listed);
        await using var db = _api.Database.CreateContext();
        Assert.Equal(waiting.Id, (await db.Downlinks.SingleAsync(d => d.State == DownlinkState.Queued, Ct)).NetworkItemId);
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Downlink_WhenFlushed_IsTakenFromTheQueueThere()
    {
        var profile = await AProfileAsync();
        var device = (await _admin.Post("iot-device", Device("d", Otaa(profile, ApiHost.Eui(), ApiHost.Key())))).Id();
        (await _admin.Post($"iot-device/{device}/downlink", new { data = "0102", port = 7 })).Is(HttpStatusCode.Created);
        Assert.Single(Network.Devices.Values.Single().Queue);

        var flushed = (await _admin.Delete($"iot-device/{device}/downlink")).Is(HttpStatusCode.OK);

        Assert.Equal(1, flushed["affected"].GetInt32());
        Assert.Empty(Network.Devices.Values.Single().Queue);
        Assert.Equal("flushed", (await _admin.Get($"iot-device/{device}/downlinks"))["data"][0].GetProperty("state").GetString());
        Assert.Equal(0, (await _admin.Delete($"iot-device/{device}/downlink"))["affected"].GetInt32());
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Downlink_WhenChirpStackIsAway_WaitsAndGoesLater()
    {
        using var worker = await WorkerAsync();
        var profile = await AProfileAsync();
        var device = (await _admin.Post("iot-device", Device("d", Otaa(profile, ApiHost.Eui(), ApiHost.Key())))).Id();
        var group = (await _admin.Post("multicast", Group([device]))).Is(HttpStatusCode.Created).Id();
        Network.Groups.Values.Single().GatewayIds.Add(await AGatewayAsync());
        Network.Faults = new ChirpStackFaults { Code = StatusCode.Unavailable };

        (await _admin.Post($"iot-device/{device}/downlink", new { data = "0102", port = 7 })).Is(HttpStatusCode.Created);
        (await _admin.Post($"multicast/{group}/downlink-multicast", new { data = "AA", port = 9 })).Is(HttpStatusCode.Created);
        Network.Faults = new ChirpStackFaults();
        await NothingWaitsAsync();

        Assert.Equal(7u, Assert.Single(Network.Devices.Values.Single().Queue).FPort);
        Assert.Equal((9u, 7u), (Assert.Single(Network.Groups.Values.Single().Queue).FPort, Network.Groups.Values.Single().Queue[0].FCnt));
    }

    [Fact]
    public async Task Drift_IsFoundAndRepaired()
    {
        using var worker = await WorkerAsync();
        var profile = await AProfileAsync();
        for (var i = 0; i < 3; i++)
        {
            (await _admin.Post("iot-device", Device($"d{i}", Otaa(profile, ApiHost.Eui(), ApiHost.Key())))).Is(HttpStatusCode.Created);
        }

        var gatewayId = await AGatewayAsync();
        var euis = Network.Devices.Values.OrderBy(d => d.Device.Name, StringComparer.Ordinal).Select(d => d.Device.DevEui).ToList();
        var stray = ApiHost.Eui();
        await _played.Client.Devices.DeleteAsync(euis[0], Ct);
        Network.Devices[euis[1]].Device.Name = "somebody renamed it";
        Network.Gateways[gatewayId].Gateway.Name = "somebody-renamed-it";
        Network.Profiles.Values.Single().Profile.AbpRx2Dr = 5;
        var lost = Network.Devices[euis[2]].Device.Clone();
        lost.DevEui = stray;
        await _played.Client.Devices.CreateAsync(lost, Ct);

        await using var db = _api.Database.CreateContext();
        var system = worker.Services.GetServices<SyncedSystem>().Single();
        var drift = await system.CompareAsync(db, Ct);
        await _api.Database.ExecuteAsync("UPDATE sync_status SET reconciled_at = NULL");

        Assert.Equal([new SyncedKey(ChirpStackChanges.Device, euis[0])], drift.Missing);
        Assert.Equal([new SyncedKey(ChirpStackChanges.Device, stray)], drift.Extra);
        Assert.Equal(
            [new("device", euis[1]), new("device-profile", $"{profile}"), new SyncedKey("gateway", gatewayId)],
            drift.Different.OrderBy(d => d.Kind, StringComparer.Ordinal));
        await UntilAsync(() => Network.Devices.ContainsKey(euis[0]) && !Network.Devices.ContainsKey(stray)
            && Network.Devices[euis[1]].Device.Name == "d1" && Network.Gateways[gatewayId].Gateway.Name != "somebody-renamed-it"
            && Network.Profiles.Values.Single().Profile.AbpRx2Dr == 0);
        Assert.NotNull(Network.Devices[euis[0]].Keys);
    }

    [Fact]
    public async Task Tenant_WhenTheOneThereIsOurs_IsUsed()
    {
        var tenant = await _played.Client.Tenants.CreateAsync(new Tenant { Name = "os2IOT", CanHaveGateways = true }, Ct);

        await AGatewayAsync();

        Assert.Equal(tenant, Assert.Single(Network.Gateways.Values).Gateway.TenantId);
        Assert.Single(Network.Tenants);
    }

    private static Dictionary<string, object?> Otaa(Guid profile, string devEui, string key) => new()
    {
        ["devEUI"] = devEui,
        ["deviceProfileID"] = profile,
        ["activationType"] = "OTAA",
        ["OTAAapplicationKey"] = key,
    };

    private static Dictionary<string, object?> Abp(Guid profile, string devEui) => new()
    {
        ["devEUI"] = devEui,
        ["deviceProfileID"] = profile,
        ["activationType"] = "ABP",
        ["devAddr"] = "01abcdef",
        ["fCntUp"] = 17,
        ["nFCntDown"] = 9,
        ["networkSessionKey"] = new string('a', 32),
        ["applicationSessionKey"] = new string('b', 32),
    };

    private static IEnumerable<int> IdsOf(Answer answer) =>
        answer.Json.EnumerateArray().Select(r => r.GetProperty("data").GetProperty("id").GetInt32());

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(100, Ct);
        }
    }

    private Dictionary<string, object?> Device(string name, object settings, int id = 0, int? application = null) => new()
    {
        ["id"] = id,
        ["name"] = name,
        ["type"] = "LORAWAN",
        ["applicationId"] = application ?? _application,
        ["lorawanSettings"] = settings,
    };

    private object Group(int[] devices, string name = "group") => new
    {
        name,
        applicationID = _application,
        mcAddr = "01ABCDEF",
        mcNwkSKey = new string('c', 32),
        mcAppSKey = new string('d', 32),
        fCnt = 7,
        dr = 5,
        frequency = 869_525_000,
        groupType = "CLASS_C",
        iotDevices = devices.Select(d => new { id = d, type = "LORAWAN" }),
    };

    private async Task<Guid> AProfileAsync() => (await _admin.Post("chirpstack/device-profiles", new
    {
        deviceProfile = new { name = ApiHost.Name("profile"), macVersion = 3, regParamsRevision = 0, adrAlgorithmID = "default", classCTimeout = 0 },
        internalOrganizationId = _organization,
    })).Is(HttpStatusCode.Created)["id"].GetGuid();

    private async Task<string> AGatewayAsync()
    {
        var gatewayId = ApiHost.Eui();
        var gateway = new { gatewayId, name = "mast", location = new { longitude = 10, latitude = 56 }, tagsString = "{}" };
        (await _admin.Post("chirpstack/gateway", new { organizationId = _organization, gateway })).Is(HttpStatusCode.Created);
        return gatewayId;
    }

    private async Task<IHost> WorkerAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:os2iot"] = _api.Database.ConnectionString,
            ["Secrets:MasterKey"] = ApiHost.MasterKey,
            ["ChirpStack:Address"] = _played.Address.ToString(),
            ["ChirpStack:ApiKey"] = RunningChirpStack.ApiKey,
            ["Sync:LongestBackOff"] = "00:00:01",
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddChirpStack();
        builder.AddSync();
        var worker = builder.Build();
        await worker.StartAsync(Ct);
        return worker;
    }

    private async Task AssertNothingWaitsAsync()
    {
        await using var db = _api.Database.CreateContext();
        Assert.False(await db.SyncChanges.AnyAsync(Ct));
    }

    private async Task NothingWaitsAsync()
    {
        await using var db = _api.Database.CreateContext();
        while (await db.SyncChanges.AnyAsync(Ct))
        {
            await Task.Delay(100, Ct);
        }
    }
}
