using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.Gateways;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Sync;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Api;

/// <summary>A long page asks the database no more often than a short one, in every list there is.</summary>
public sealed class CommandCountTests(PostgreSql postgres) : IAsyncLifetime
{
    private const int Rows = 60;

    private readonly ApiHost _api = new(postgres);

    public ValueTask InitializeAsync() => _api.InitializeAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task List_WhenThePageIsLong_AsksNoMoreOftenThanForOneRow()
    {
        var world = await _api.AWorld();
        await Fill(world);
        var admin = await _api.SignedInAsGlobalAdmin();
        using var counter = new CommandCounter();
        var wrong = new List<string>();
        var lists = ApiEndpoint.AllOf(_api.Services)
            .Where(e => e.Verb == "GET" && e.Parameters.Any(p => p.Name == "limit") && TenancyTests.Calls.ContainsKey(e.Type)).ToList();

        foreach (var list in lists)
        {
            var path = Address(list, world);
            await counter.Of(admin, path + "limit=50"); // what is asked once and then known
            var (one, few) = await counter.Of(admin, path + "limit=1");
            var (many, more) = await counter.Of(admin, path + "limit=50");
            if (one.Status != HttpStatusCode.OK || many.Status != HttpStatusCode.OK)
            {
                wrong.Add($"{list}: {(int)many.Status} {many.Text}");
            }
            else if (RowsOf(many) < 2)
            {
                wrong.Add($"{list} has no rows; add some to {nameof(Fill)}: {many.Text}");
            }
            else if (more.Count > few.Count)
            {
                wrong.Add($"{list} asks {few.Count} times for 1 row and {more.Count} times for {RowsOf(many)}:\n  {string.Join("\n  ", more.Select(c => c.ReplaceLineEndings(" ")))}");
            }
            else if (few.Count == 0)
            {
                wrong.Add($"{list}: nothing was counted");
            }
        }

        Assert.True(lists.Count >= 8, $"Only {lists.Count} lists were found.");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private static string Address(ApiEndpoint list, World world)
    {
        var id = $"{TenancyTests.Calls[list.Type].Id?.Invoke(world)}";
        var path = string.Join('/', list.Path.Split('/').Select(part => part.StartsWith('{') ? id : part));
        var required = list.Parameters.Where(p => (p.IsRequired || p.Name == "q") && p.Name is not ("limit" or "offset"))
            .Select(p => $"{p.Name}={(p.Name switch { "organizationId" => world.Organization, "groupId" => world.SigfoxGroup, "q" => "row", _ => (object)1 })}&");
        return $"{path}?offset=0&{string.Concat(required)}";
    }

    private static int RowsOf(Answer answer) => answer.ContentHeaders.ContentType?.MediaType != "application/json"
        ? answer.Text.Count(c => c == '\n') - 1
        : answer.Json.ValueKind == JsonValueKind.Array
            ? answer.Json.GetArrayLength()
            : answer.Json.EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.Array).Select(m => m.Value.GetArrayLength()).DefaultIfEmpty(0).Max();

    /// <summary>Sixty of everything, each with something below it.</summary>
    private async Task Fill(World world)
    {
        var secret = _api.Services.GetRequiredService<SecretProtector>().Protect("00112233445566778899aabbccddeeff");
        await using var db = _api.Database.CreateContext();
        var organization = await db.Organizations.FindAsync(world.Organization) ?? throw new InvalidOperationException("No such organization.");
        var application = await db.Applications.FindAsync(world.Application) ?? throw new InvalidOperationException("No such application.");
        var target = await db.DataTargets.FindAsync(world.DataTarget) ?? throw new InvalidOperationException("No such target.");
        for (var i = 0; i < Rows; i++)
        {
            var another = new Organization { Name = $"row {i}" };
            var below = new Application { Name = $"row {i}", Organization = organization };
            below.ControlledProperties.Add(new ApplicationControlledProperty { Type = "pH" });
            below.DeviceTypes.Add(new ApplicationDeviceType { Type = "OTHER" });
            below.Devices.Add(Device($"below {i}", below, secret));
            below.DataTargets.Add(new DataTarget { Name = $"below {i}", Type = target.Type, Settings = target.Settings });

            var user = new User { Name = $"row {i}", Email = $"row{i}@example.dk" };
            user.RequestedOrganizations.Add(organization);
            var permission = new Permission { Name = $"row {i}", Organization = organization };
            permission.Types.Add(new PermissionTypeEntry { Type = PermissionType.Read });
            permission.Users.Add(user);
            permission.Applications.Add(below);
            permission.Applications.Add(application);
            var key = new ApiKey { Name = $"row {i}", KeyHash = Guid.NewGuid().ToByteArray(), KeyPrefix = "row", SystemUser = new User { Name = $"key {i}", IsSystemUser = true } };
            key.Permissions.Add(permission);

            var device = Device($"row {i}", application, secret);
            var connection = new DataTargetConnection { DataTarget = target, PayloadDecoderId = world.Decoder };
            connection.Devices.Add(device);
            connection.Devices.Add(await db.Devices.FindAsync(world.Device) ?? throw new InvalidOperationException("No such device."));
            db.AddRange(
                another, below, permission, key, device, connection,
                new DataTarget { Name = $"row {i}", Type = target.Type, Settings = target.Settings, Application = application },
                new PayloadDecoder { Name = $"row {i}", DecodingFunction = "", Organization = organization },
                new DeviceModel { Body = """{"id":"row","name":"row"}""", Organization = organization },
                new Gateway { GatewayId = $"{i:x16}", Name = $"row {i}", Organization = organization },
                new DeviceProfile { Id = Guid.CreateVersion7(), Name = $"row {i}", Organization = organization },
                new SyncChange { System = "mosquitto", Kind = "account", Key = $"row {i}", State = SyncChangeState.Refused },
                new SigfoxGroup { Username = $"row {i}", PasswordCiphertext = secret, Organization = organization },
                new SigfoxJob { Kind = SigfoxJobKind.RestartDevices, SigfoxGroupId = world.SigfoxGroup },
                new SigfoxJobItem { SigfoxJobId = world.SigfoxJob, Number = i + 2, SigfoxId = $"{i:X4}", DeviceId = null },
                new MulticastGroup
                {
                    Name = $"row {i}",
                    Application = application,
                    LoRaWan = new LoRaWanMulticast
                    {
                        Address = $"{i:x8}",
                        NetworkSessionKeyCiphertext = secret,
                        ApplicationSessionKeyCiphertext = secret,
                        GroupType = "CLASS_C",
                    },
                },
                new AuditEntry { At = TimeProvider.System.GetUtcNow(), Action = "CREATE", Type = "Application", Name = $"row {i}", OrganizationId = organization.Id });
        }

        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        await _api.Database.ExecuteAsync(string.Concat(Enumerable.Range(0, Rows).Select(
            i => $"UPDATE payload_decoders SET decoding_function = 'v{i}' WHERE id = {world.Decoder};")));
        await _api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            SELECT gen_random_uuid(), now() - n * interval '1 millisecond', {{world.Device}}, {{world.Organization}}, 'GENERIC_HTTP', convert_to('{}', 'UTF8')
            FROM generate_series(1, {{Rows}}) n;
            INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, connection_id, data_target_id, payload, state, attempts, next_attempt_at, created_at)
            SELECT id, received_at, device_id, {{world.Application}}, organization_id, {{world.Connection}}, {{world.DataTarget}}, payload, 1, 10, now(), now()
            FROM received_messages WHERE device_id = {{world.Device}};
            INSERT INTO delivery_attempts (message_id, received_at, device_id, connection_id, data_target_id, attempt, attempted_at, duration_ms, outcome, status_code)
            SELECT id, received_at, device_id, {{world.Connection}}, {{world.DataTarget}}, 1, received_at, 5, 0, 204
            FROM received_messages WHERE device_id = {{world.Device}};
            INSERT INTO downlinks (device_id, payload, confirmed, state, created_at, updated_at)
            SELECT {{world.Device}}, '\x00', false, 5, now() - n * interval '1 minute', now() FROM generate_series(1, {{Rows}}) n;
            INSERT INTO network_events (id, received_at, kind, device_id, gateway_id, deduplication_id, payload)
            SELECT gen_random_uuid(), now() - n * interval '1 minute', 'log', o.device_id, o.gateway_id, gen_random_uuid(), convert_to('{}', 'UTF8')
            FROM generate_series(1, {{Rows}}) n CROSS JOIN (
                SELECT {{world.Device}} AS device_id, NULL AS gateway_id
                UNION ALL SELECT NULL, id FROM gateways WHERE gateway_id = '{{world.Gateway}}') o;
            INSERT INTO receptions (message_id, received_at, device_id, gateway_eui)
            SELECT gen_random_uuid(), now() - n * interval '1 minute', {{world.Device}}, '{{world.Gateway}}' FROM generate_series(1, {{Rows}}) n;
            INSERT INTO gateway_status_history (gateway_id, at, was_online)
            SELECT g.id, now() - n * interval '1 minute', n % 2 = 0 FROM gateways g, generate_series(1, {{Rows}}) n WHERE g.gateway_id = '{{world.Gateway}}';
            INSERT INTO permission_applications (permissions_id, applications_id)
            SELECT {{world.Permission}}, id FROM applications WHERE organization_id = {{world.Organization}} ON CONFLICT DO NOTHING;
            INSERT INTO permission_users (permissions_id, users_id)
            SELECT {{world.Permission}}, id FROM users WHERE name LIKE 'row %' ON CONFLICT DO NOTHING
            """);
    }

    private static GenericHttpDevice Device(string name, Application application, string secret) =>
        new() { Name = name, Application = application, ApiKeyHash = Guid.NewGuid().ToByteArray(), ApiKeyCiphertext = secret };
}
