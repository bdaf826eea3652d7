using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Api.Auth;
using OS2iot.Core.Database;
using OS2iot.Core.Mail;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;
using OS2iot.Core.SignIn;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.Sigfox;

namespace OS2iot.Tests.Api;

[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiHost>
{
    public const string Name = "api";
}

/// <summary>The Api on a database of its own, with words for what a test wants to be there. Tests share it, each with its own organizations.</summary>
public sealed class ApiHost(PostgreSql postgres) : IAsyncLifetime
{
    public const string Password = "Correct-Horse-1";

    internal static readonly WebApplicationFactoryClientOptions NoRedirects = new() { AllowAutoRedirect = false };
    public const string MasterKey = "a master key of more than 32 characters";

    private static int _number;

    private Factory? _factory;

    public TestDatabase Database { get; private set; } = null!;

    internal FakeSigfox Sigfox { get; private set; } = null!;

    public IServiceProvider Services => _factory!.Services;

    /// <summary>What the Api would have sent by mail.</summary>
    public MailBox Mailer { get; } = new();

    /// <summary>Different with each call.</summary>
    public static string Name(string what) => $"{what} {Interlocked.Increment(ref _number)}";

    /// <summary>16 hex digits, different with each call.</summary>
    public static string Eui() => Key()[..16];

    /// <summary>32 hex digits, different with each call.</summary>
    public static string Key() => Guid.NewGuid().ToString("N");

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.CreateDatabaseAsync();
        Sigfox = await FakeSigfox.StartAsync();
        _factory = new Factory(Database.ConnectionString, Sigfox.Address, Mailer);
    }

    public async ValueTask DisposeAsync()
    {
        await _factory!.DisposeAsync();
        await Sigfox.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>One more Api on the same database, with other settings. The caller disposes it.</summary>
    internal WebApplicationFactory<Login> Another(Action<IWebHostBuilder> configure) => _factory!.WithWebHostBuilder(configure);

    public ApiClient Anonymous() => new(_factory!.CreateClient(NoRedirects));

    public HttpMessageHandler Handler() => _factory!.Server.CreateHandler();

    public Task<ApiClient> SignedInAsGlobalAdmin() => SignedInAs(null, PermissionType.GlobalAdmin);

    public Task<ApiClient> SignedInAsReaderOf(int organizationId, params int[] applicationIds) =>
        SignedInAs(organizationId, [PermissionType.Read], applicationIds);

    public Task<ApiClient> SignedInAsApplicationAdminOf(int organizationId, params int[] applicationIds) =>
        SignedInAs(organizationId, [PermissionType.OrganizationApplicationAdmin, PermissionType.Read], applicationIds);

    public Task<ApiClient> SignedInAsUserAdminOf(int organizationId) => SignedInAs(organizationId, PermissionType.OrganizationUserAdmin);

    public Task<ApiClient> SignedInAsNobody() => SignedInAs(null);

    public async Task<ApiClient> SignedInAs(int? organizationId, params PermissionType[] types) => await SignedInAs(organizationId, types, []);

    /// <summary>A new user with a new permission, signed in.</summary>
    public async Task<ApiClient> SignedInAs(int? organizationId, PermissionType[] types, int[] applicationIds)
    {
        await using var db = Database.CreateContext();
        var user = new User { Name = Name("user"), Email = $"{Guid.NewGuid():N}@example.dk" };
        db.Users.Add(user);
        if (types.Length > 0)
        {
            var permission = new Permission { Name = Name("permission"), OrganizationId = organizationId };
            permission.Types.AddRange(types.Select(t => new PermissionTypeEntry { Type = t }));
            permission.Applications.AddRange(await db.Applications.Where(a => applicationIds.Contains(a.Id)).ToListAsync());
            user.Permissions.Add(permission);
        }

        await db.SaveChangesAsync();
        var now = TimeProvider.System.GetUtcNow();
        var session = new UserSession { Id = Guid.NewGuid(), UserId = user.Id, StartedAt = now, LastUsedAt = now, ExpiresAt = now.AddHours(9) };
        db.UserSessions.Add(session);
        await db.SaveChangesAsync();
        var client = Anonymous();
        client.UserId = user.Id;
        client.Token = _factory!.Services.GetRequiredService<AccessTokens>().Create(user.Id, user.Email!, isKombit: false, session.Id, session.ExpiresAt);
        return client;
    }

    /// <summary>A user who can sign in with <see cref="Password"/>; answers the e-mail.</summary>
    public async Task<string> AUser(int bcryptCost = Passwords.Cost, bool active = true)
    {
        await using var db = Database.CreateContext();
        var user = new User
        {
            Name = Name("user"),
            Email = $"{Guid.NewGuid():N}@example.dk",
            PasswordHash = BCrypt.Net.BCrypt.HashPassword(Password, bcryptCost),
            Active = active,
        };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user.Email;
    }

    public async Task<int> AnOrganization()
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post("organization", new { name = Name("organization") })).Id();
    }

    public async Task<int> AnApplication(int organizationId)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post("application", new { name = Name("application"), organizationId })).Id();
    }

    public async Task<int> ADevice(int applicationId)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post("iot-device", new { name = Name("device"), type = "GENERIC_HTTP", applicationId })).Id();
    }

    /// <summary>What a device model must say at least.</summary>
    public static Dictionary<string, object> AModelBody(string name) => new()
    {
        ["id"] = name,
        ["type"] = "DeviceModel",
        ["category"] = new[] { "sensor" },
        ["controlledProperty"] = new[] { "temperature" },
        ["manufacturerName"] = "Maker",
        ["brandName"] = "Brand",
        ["modelName"] = "T1",
        ["name"] = name,
    };

    public async Task<int> ADeviceModel(int organizationId, string? name = null)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post("device-model", new { belongsToId = organizationId, body = AModelBody(name ?? Name("model")) })).Id();
    }

    public async Task<int> ADecoder(int organizationId)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post(
            "payload-decoder", new { name = Name("decoder"), organizationId, decodingFunction = "\"function decode(p) { return p; }\"" })).Id();
    }

    public async Task<int> ADataTarget(int applicationId)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post("data-target", new
        {
            name = Name("target"),
            type = "HTTP_PUSH",
            applicationId,
            url = "https://127.0.0.1:9/sink", // where nobody listens
            timeout = 3000,
            authorizationHeader = "Bearer very-secret",
        })).Id();
    }

    /// <summary>A target whose dataset the public may read; its id, and that of the dataset.</summary>
    public async Task<(int Target, int Dataset)> ASharedTarget(int applicationId)
    {
        var admin = await SignedInAsGlobalAdmin();
        var target = await admin.Post("data-target", new { name = Name("shared"), type = "OPENDATADK", applicationId, openDataDkDataset = ADataset() });
        return (target.Id(), target["openDataDkDataset"].GetProperty("id").GetInt32());
    }

    public static Dictionary<string, object?> ADataset() => new()
    {
        ["name"] = "Temperaturer",
        ["description"] = "Målt i byen",
        ["keywords"] = new[] { "klima", "vejr" },
        ["license"] = "https://creativecommons.org/publicdomain/zero/1.0/",
        ["authorName"] = "Anne Ansvarlig",
        ["authorEmail"] = "anne@example.dk",
        ["resourceTitle"] = "Seneste målinger",
        ["updateFrequency"] = "HOURLY",
        ["documentationUrl"] = "https://example.dk/docs",
        ["themes"] = new[] { "ENVI", "TECH" },
    };

    public async Task<int> AConnection(int deviceId, int dataTargetId, int? payloadDecoderId = null)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post(
            "iot-device-payload-decoder-data-target-connection",
            new { iotDeviceIds = new[] { deviceId }, dataTargetId, payloadDecoderId })).Id();
    }

    /// <summary>A user group of an organization; answers its id.</summary>
    public async Task<int> APermission(int organizationId, int[]? userIds = null, int[]? applicationIds = null, params PermissionType[] types)
    {
        await using var db = Database.CreateContext();
        var permission = new Permission { Name = Name("permission"), OrganizationId = organizationId };
        permission.Types.AddRange((types.Length > 0 ? types : [PermissionType.Read]).Select(t => new PermissionTypeEntry { Type = t }));
        permission.Users.AddRange(await db.Users.Where(u => (userIds ?? Array.Empty<int>()).Contains(u.Id)).ToListAsync());
        permission.Applications.AddRange(await db.Applications.Where(a => (applicationIds ?? Array.Empty<int>()).Contains(a.Id)).ToListAsync());
        db.Permissions.Add(permission);
        await db.SaveChangesAsync();
        return permission.Id;
    }

    /// <summary>A key with user groups; what it sends has the key in it.</summary>
    public async Task<(ApiClient Client, int Id)> AnApiKey(params int[] permissionIds)
    {
        var admin = await SignedInAsGlobalAdmin();
        var created = await admin.Post("api-key", new { name = Name("key"), permissionIds });
        var client = Anonymous();
        client.ApiKey = created.Is(System.Net.HttpStatusCode.Created)["key"].GetString();
        return (client, created.Id());
    }

    /// <summary>Answers the gateway id.</summary>
    public async Task<string> AGateway(int organizationId)
    {
        var admin = await SignedInAsGlobalAdmin();
        var gatewayId = Eui();
        var gateway = new { gatewayId, name = Name("gateway").Replace(' ', '-'), location = new { longitude = 10, latitude = 56 }, tagsString = "{}" };
        (await admin.Post("chirpstack/gateway", new { organizationId, gateway })).Is(HttpStatusCode.Created);
        return gatewayId;
    }

    public async Task<Guid> ADeviceProfile(int organizationId, int macVersion = 3, bool supportsJoin = true)
    {
        var admin = await SignedInAsGlobalAdmin();
        var deviceProfile = new
        {
            name = Name("profile"),
            macVersion,
            regParamsRevision = 0,
            adrAlgorithmID = "default",
            classCTimeout = 0,
            supportsJoin,
            rxDROffset1 = 0,
            rxDataRate2 = 0,
            rxDelay1 = 1,
            rxFreq2 = 868_000_000,
        };
        return (await admin.Post("chirpstack/device-profiles", new { deviceProfile, internalOrganizationId = organizationId }))
            .Is(HttpStatusCode.Created)["id"].GetGuid();
    }

    public async Task<int> ALoRaWanDevice(int applicationId, Guid deviceProfileId)
    {
        var admin = await SignedInAsGlobalAdmin();
        var lorawanSettings = new Dictionary<string, object>
        {
            ["devEUI"] = Eui(),
            ["deviceProfileID"] = deviceProfileId,
            ["activationType"] = "OTAA",
            ["OTAAapplicationKey"] = Key(),
        };
        return (await admin.Post("iot-device", new { name = Name("device"), type = "LORAWAN", applicationId, lorawanSettings })).Id();
    }

    public async Task<int> AMulticastGroup(int applicationId, params int[] deviceIds)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post("multicast", new
        {
            name = Name("group"),
            applicationID = applicationId,
            mcAddr = "01ABCDEF",
            mcNwkSKey = Key(),
            mcAppSKey = Key(),
            fCnt = 7,
            dr = 5,
            frequency = 869_525_000,
            groupType = "CLASS_C",
            iotDevices = deviceIds.Select(id => new { id, type = "LORAWAN" }),
        })).Id();
    }

    /// <summary>A group of an API user with the given name, who is at Sigfox from now on.</summary>
    public async Task<int> ASigfoxGroup(int organizationId, string? username = null)
    {
        var admin = await SignedInAsGlobalAdmin();
        var user = Sigfox.Cloud.AddUser(username ?? $"user-{Guid.NewGuid():N}", FakeSigfox.Password);
        return (await admin.Post("sigfox-group", new { organizationId, username = user.Username, password = user.Password })).Id();
    }

    /// <summary>A job at Sigfox that is done.</summary>
    public async Task<int> ASigfoxJob(int groupId)
    {
        await using var db = Database.CreateContext();
        var job = new SigfoxJob { Kind = SigfoxJobKind.RestartDevices, SigfoxGroupId = groupId, State = SigfoxJobState.Done, Total = 1, Succeeded = 1 };
        job.Items.Add(new SigfoxJobItem { Number = 1, SigfoxId = "AB12", State = SigfoxItemState.Done });
        db.SigfoxJobs.Add(job);
        await db.SaveChangesAsync();
        return job.Id;
    }

    /// <summary>An organization with one of everything.</summary>
    public async Task<World> AWorld()
    {
        var organization = await AnOrganization();
        var application = await AnApplication(organization);
        var device = await ADevice(application);
        var decoder = await ADecoder(organization);
        var target = await ADataTarget(application);
        var member = await SignedInAsReaderOf(organization, application);
        var permission = await APermission(organization, [member.UserId]);
        var profile = await ADeviceProfile(organization);
        var sigfoxGroup = await ASigfoxGroup(organization);
        return new World(organization, application, device, decoder, target, await AConnection(device, target, decoder))
        {
            Member = member.UserId,
            Permission = permission,
            ApiKey = (await AnApiKey(permission)).Id,
            Gateway = await AGateway(organization),
            DeviceProfile = profile,
            SigfoxGroup = sigfoxGroup,
            SigfoxJob = await ASigfoxJob(sigfoxGroup),
            MulticastGroup = await AMulticastGroup(application, await ALoRaWanDevice(application, profile)),
            DeviceModel = await ADeviceModel(organization),
        };
    }

    private sealed class Factory(string connectionString, Uri sigfox, MailBox mailer) : WebApplicationFactory<Login>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("ConnectionStrings:os2iot", connectionString);
            builder.UseSetting("Secrets:MasterKey", MasterKey);
            builder.UseSetting("Passwords:MinLength", "8"); // tests of other things choose what they like
            builder.UseSetting("Jwt:Secret", "a token secret of more than 32 characters");
            builder.UseSetting("Kombit:AllowedRedirects:0", "https://portal.example.dk");
            builder.UseSetting("Egress:AllowedHosts:0", "localhost");
            builder.UseSetting("Egress:AllowedHosts:1", "127.0.0.1");
            builder.UseSetting("OpenDataDk:DataMaxAge", "00:00:00");
            builder.UseSetting("Sigfox:BaseAddress", sigfox.ToString());
            builder.UseSetting("Sigfox:Burst", "10000");
            builder.UseSetting("LiveMessages:Heartbeat", "00:00:00.500");
            builder.ConfigureServices(services =>
            {
                services.AddSingleton<IMailer>(mailer);
                services.ConfigureDbContext<AppDbContext>(context => context.ConfigureWarnings(
                    warnings => warnings.Throw(RelationalEventId.MultipleCollectionIncludeWarning)));
            });
            builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        }
    }
}

/// <summary>Ids of one organization's things.</summary>
public sealed record World(int Organization, int Application, int Device, int Decoder, int DataTarget, int Connection)
{
    /// <summary>A user.</summary>
    public int Member { get; init; }

    /// <summary>A user group.</summary>
    public int Permission { get; init; }

    public int ApiKey { get; init; }

    public required string Gateway { get; init; }

    public required Guid DeviceProfile { get; init; }

    public required int MulticastGroup { get; init; }

    public int SigfoxGroup { get; init; }

    public int SigfoxJob { get; init; }

    public int DeviceModel { get; init; }
}
