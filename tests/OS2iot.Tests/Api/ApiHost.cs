using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Api.Auth;
using OS2iot.Core.Organizations;
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

    /// <summary>Different with each call.</summary>
    public static string Name(string what) => $"{what} {Interlocked.Increment(ref _number)}";

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.CreateDatabaseAsync();
        Sigfox = await FakeSigfox.StartAsync();
        _factory = new Factory(Database.ConnectionString, Sigfox.Address);
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
        var client = Anonymous();
        client.UserId = user.Id;
        client.Token = _factory!.Services.GetRequiredService<AccessTokens>().Create(user.Id, user.Email!, isKombit: false);
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
            url = "https://example.dk/sink",
            timeout = 3000,
            authorizationHeader = "Bearer very-secret",
        })).Id();
    }

    public async Task<int> AConnection(int deviceId, int dataTargetId, int? payloadDecoderId = null)
    {
        var admin = await SignedInAsGlobalAdmin();
        return (await admin.Post(
            "iot-device-payload-decoder-data-target-connection",
            new { iotDeviceIds = new[] { deviceId }, dataTargetId, payloadDecoderId })).Id();
    }

    /// <summary>A group of an API user with the given name, who is at Sigfox from now on.</summary>
    public async Task<int> ASigfoxGroup(int organizationId, string? username = null)
    {
        var admin = await SignedInAsGlobalAdmin();
        var user = Sigfox.Cloud.AddUser(username ?? $"user-{Guid.NewGuid():N}", FakeSigfox.Password);
        return (await admin.Post("sigfox-group", new { organizationId, username = user.Username, password = user.Password })).Id();
    }

    /// <summary>An organization with one of everything.</summary>
    public async Task<World> AWorld()
    {
        var organization = await AnOrganization();
        var application = await AnApplication(organization);
        var device = await ADevice(application);
        var decoder = await ADecoder(organization);
        var target = await ADataTarget(application);
        return new World(organization, application, device, decoder, target, await AConnection(device, target, decoder))
        {
            SigfoxGroup = await ASigfoxGroup(organization),
        };
    }

    private sealed class Factory(string connectionString, Uri sigfox) : WebApplicationFactory<Login>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("ConnectionStrings:os2iot", connectionString);
            builder.UseSetting("Secrets:MasterKey", MasterKey);
            builder.UseSetting("Jwt:Secret", "a token secret of more than 32 characters");
            builder.UseSetting("Kombit:AllowedRedirects:0", "https://portal.example.dk");
            builder.UseSetting("Sigfox:BaseAddress", sigfox.ToString());
            builder.UseSetting("Sigfox:Burst", "10000");
            builder.UseSetting("LiveMessages:Heartbeat", "00:00:00.500");
            builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        }
    }
}

/// <summary>Ids of one organization's things.</summary>
public sealed record World(int Organization, int Application, int Device, int Decoder, int DataTarget, int Connection)
{
    public int SigfoxGroup { get; init; }
}
