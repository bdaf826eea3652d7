using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using FastEndpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Api.AccessRequests;
using OS2iot.Api.Account;
using OS2iot.Api.ApiKeys;
using OS2iot.Api.Applications;
using OS2iot.Api.Audit;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Connections;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Deliveries;
using OS2iot.Api.DeviceModels;
using OS2iot.Api.Devices;
using OS2iot.Api.Downlinks;
using OS2iot.Api.Gateways;
using OS2iot.Api.GenericHttp;
using OS2iot.Api.Http;
using OS2iot.Api.Kombit;
using OS2iot.Api.Messages;
using OS2iot.Api.MqttDevices;
using OS2iot.Api.NetworkEvents;
using OS2iot.Api.OpenDataDk;
using OS2iot.Api.Organizations;
using OS2iot.Api.PayloadDecoders;
using OS2iot.Api.Permissions;
using OS2iot.Api.Search;
using OS2iot.Api.Sigfox;
using OS2iot.Api.Sync;
using OS2iot.Api.Users;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

/// <summary>
/// Organizations never see each other. Every endpoint is called by people of another organization with ids of the first: what has
/// such an id in it must be refused, and no answer may hold a word of the first organization. A new endpoint needs a line here.
/// </summary>
[Collection(ApiCollection.Name)]
public sealed partial class TenancyTests(ApiHost api)
{
    internal static readonly Dictionary<Type, Call> Calls = new()
    {
        [typeof(GetRoot)] = new(Reach.Open),
        [typeof(GetHealthCheck)] = new(Reach.Open),
        [typeof(Login)] = new(Reach.Open, Body: _ => new { username = "nobody@example.dk", password = "wrong" }),
        [typeof(Refresh)] = new(Reach.Open, Body: _ => new { refreshToken = "x" }),
        [typeof(Logout)] = new(Reach.Own),
        [typeof(ExchangeIdentity)] = new(Reach.Open, Body: _ => new { idToken = "x", nonce = "x" }),
        [typeof(EndExternalSessions)] = new(Reach.Open, Body: _ => new { logout_token = "x" }),
        [typeof(EndExternalSession)] = new(Reach.Open, Body: _ => new { iss = "x", sid = "xxxxxxxx" }),
        [typeof(ListSessions)] = new(Reach.Own),
        [typeof(EndSession)] = new(Reach.Own),
        [typeof(EndOtherSessions)] = new(Reach.Own),
        [typeof(GetSignIn)] = new(Reach.Own),
        [typeof(ChangePassword)] = new(Reach.Own, Body: _ => new { currentPassword = "x", password = "long enough" }),
        [typeof(ForgottenPassword)] = new(Reach.Open, Body: _ => new { email = "nobody@example.dk" }),
        [typeof(ResetPassword)] = new(Reach.Open, Body: _ => new { token = "x", password = "long enough" }),
        [typeof(OfferOneTimeCodes)] = new(Reach.Own),
        [typeof(UseOneTimeCodes)] = new(Reach.Own, Body: _ => new { secret = "AAAAAAAAAAAAAAAA", code = "000000", currentPassword = "x" }),
        [typeof(StopOneTimeCodes)] = new(Reach.Own, Body: _ => new { currentPassword = "x" }),
        [typeof(EndUserSessions)] = new(Reach.Refused, w => w.Member),
        [typeof(StopUserOneTimeCodes)] = new(Reach.Refused, w => w.Member),
        [typeof(GetProfile)] = new(Reach.Own),
        [typeof(GetMe)] = new(Reach.Own),
        [typeof(ListAuditEntries)] = new(Reach.Own),
        [typeof(ExportAuditEntries)] = new(Reach.Own),

        [typeof(BeginKombitLogin)] = new(Reach.Open),
        [typeof(CompleteKombitLogin)] = new(Reach.Open),
        [typeof(BeginKombitLogout)] = new(Reach.Own),
        [typeof(CompleteKombitLogout)] = new(Reach.Open),
        [typeof(GetKombitMetadata)] = new(Reach.Open),

        [typeof(ListUsers)] = new(Reach.Own),
        [typeof(ListMinimalUsers)] = new(Reach.Own),
        [typeof(GetUser)] = new(Reach.Refused, w => w.Member),
        [typeof(ListOrganizationUsers)] = new(Reach.Refused, w => w.Organization),
        [typeof(ListAwaitingUsers)] = new(Reach.Own),
        [typeof(ListAwaitingUsersOfOrganization)] = new(Reach.Refused, w => w.Organization),
        [typeof(CreateUser)] = new(
            Reach.Refused, Body: _ => new { name = "mine", email = $"{Guid.NewGuid():N}@example.dk", password = "long enough", globalAdmin = true }),
        [typeof(UpdateUser)] = new(Reach.Refused, w => w.Member, _ => new { name = "mine", active = true }),
        [typeof(RejectUser)] = new(Reach.Refused, Body: w => new { orgId = w.Organization, userIdToReject = w.Member }),
        [typeof(HideWelcome)] = new(Reach.Own, w => w.Member),

        [typeof(CreateNewKombitUser)] = new(
            Reach.Own, Body: w => new { email = $"{Guid.NewGuid():N}@example.dk", requestedOrganizationIds = new[] { w.Organization } }),
        [typeof(UpdateUserOrganizations)] = new(Reach.Own, Body: w => new { requestedOrganizationIds = new[] { w.Organization } }),
        [typeof(ListOrganizationsToRequest)] = new(Reach.Shared), // who asks to belong must say where
        [typeof(ListUsersForRequests)] = new(Reach.Own),
        [typeof(GetUserForRequests)] = new(Reach.Refused, w => w.Member),

        [typeof(ListPermissions)] = new(Reach.Own),
        [typeof(GetPermission)] = new(Reach.Refused, w => w.Permission),
        [typeof(ListPermissionApplications)] = new(Reach.Refused, w => w.Permission),
        [typeof(ListPermissionUsers)] = new(Reach.Refused, w => w.Permission),
        [typeof(CreatePermission)] = new(
            Reach.Refused,
            Body: w => new { name = "mine", organizationId = w.Organization, levels = new[] { new { type = "Read" } }, userIds = Array.Empty<int>() }),
        [typeof(UpdatePermission)] = new(Reach.Refused, w => w.Permission, _ => new { name = "mine" }),
        [typeof(AcceptUser)] = new(
            Reach.Refused, Body: w => new { organizationId = w.Organization, userId = w.Member, permissionIds = new[] { w.Permission } }),
        [typeof(DeletePermission)] = new(Reach.Refused, w => w.Permission),

        [typeof(ListApiKeys)] = new(Reach.Refused),
        [typeof(GetApiKey)] = new(Reach.Refused, w => w.ApiKey),
        [typeof(CreateApiKey)] = new(Reach.Refused, Body: w => new { name = "mine", permissionIds = new[] { w.Permission } }),
        [typeof(UpdateApiKey)] = new(Reach.Refused, w => w.ApiKey, w => new { name = "mine", permissionIds = new[] { w.Permission } }),
        [typeof(RotateApiKey)] = new(Reach.Refused, w => w.ApiKey),
        [typeof(DeleteApiKey)] = new(Reach.Refused, w => w.ApiKey),
        [typeof(GetApiKeyOrganization)] = new(Reach.Own),

        [typeof(CreateOrganization)] = new(Reach.Refused, Body: _ => new { name = "mine" }),
        [typeof(UpdateOrganization)] = new(Reach.Refused, w => w.Organization, _ => new { name = "mine" }),
        [typeof(UpdateQuota)] = new(Reach.Refused, w => w.Organization, _ => new { messagesPerDay = 1 }),
        [typeof(UpdateHistoryRetention)] = new(Reach.Refused, w => w.Organization, _ => new { historyRetentionDays = 1 }),
        [typeof(DeleteOrganization)] = new(Reach.Refused, w => w.Organization),
        [typeof(ListOrganizations)] = new(Reach.Own),
        [typeof(ListMinimalOrganizations)] = new(Reach.Shared), // clients show whose decoder it is
        [typeof(GetOrganization)] = new(Reach.Refused, w => w.Organization),

        [typeof(ListApplications)] = new(Reach.Own),
        [typeof(GetApplication)] = new(Reach.Refused, w => w.Application),
        [typeof(ListApplicationDevices)] = new(Reach.Refused, w => w.Application),
        [typeof(CreateApplication)] = new(Reach.Refused, Body: w => new { name = ApiHost.Name("mine"), organizationId = w.Organization }),
        [typeof(UpdateApplication)] = new(
            Reach.Refused, w => w.Application, w => new { name = ApiHost.Name("mine"), organizationId = w.Organization }),
        [typeof(DeleteApplication)] = new(Reach.Refused, w => w.Application),

        [typeof(GetDevice)] = new(Reach.Refused, w => w.Device),
        [typeof(CreateDevice)] = new(Reach.Refused, Body: w => new { name = "mine", type = "GENERIC_HTTP", applicationId = w.Application }),
        [typeof(UpdateDevice)] = new(
            Reach.Refused, w => w.Device, w => new { id = w.Device, name = "mine", type = "GENERIC_HTTP", applicationId = w.Application }),
        [typeof(CreateDevices)] = new(
            Reach.Refused, Body: w => new { data = new[] { new { name = "mine", type = "GENERIC_HTTP", applicationId = w.Application } } }),
        [typeof(UpdateDevices)] = new(
            Reach.Refused, Body: w => new { data = new[] { new { id = w.Device, name = "mine", type = "GENERIC_HTTP", applicationId = w.Application } } }),
        [typeof(ExportDevices)] = new(Reach.Refused, w => w.Application),
        [typeof(ListDevicesOfPayloadDecoder)] = new(Reach.Own, w => w.Decoder),
        [typeof(GetDeviceStatistics)] = new(Reach.Refused, w => w.Device),
        [typeof(CreateDownlink)] = new(Reach.Refused, w => w.Device, _ => new { data = "00", port = 1 }),
        [typeof(FlushDownlinks)] = new(Reach.Refused, w => w.Device),
        [typeof(GetDownlinkQueue)] = new(Reach.Refused, w => w.Device),
        [typeof(ListDownlinks)] = new(Reach.Refused, w => w.Device),
        [typeof(ListDeviceEvents)] = new(Reach.Refused, w => w.Device),
        [typeof(DeleteDevice)] = new(Reach.Refused, w => w.Device),
        [typeof(ResetHttpDeviceApiKey)] = new(Reach.Refused, w => w.Device),
        [typeof(RenewCertificate)] = new(Reach.Refused, w => w.Device, _ => new { }),
        [typeof(DownloadCertificate)] = new(Reach.Refused, w => w.Device, _ => new { format = "PEM" }),
        [typeof(GetSync)] = new(Reach.Refused),
        [typeof(ListSyncChanges)] = new(Reach.Refused, _ => "mosquitto"),
        [typeof(ReconcileSystem)] = new(Reach.Refused, _ => "mosquitto"),
        [typeof(ListMessages)] = new(Reach.Refused, w => w.Device),
        [typeof(StreamMessages)] = new(Reach.Refused, w => w.Device),
        [typeof(ResendMessage)] = new(Reach.Refused, w => w.Device, _ => new { }),
        [typeof(ResendMessages)] = new(Reach.Refused, w => w.Device, _ => new { from = "2020-01-01" }),

        [typeof(ListDataTargets)] = new(Reach.Own),
        [typeof(GetDataTarget)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(CreateDataTarget)] = new(
            Reach.Refused, Body: w => new { name = "mine", type = "HTTP_PUSH", applicationId = w.Application, url = "http://x", timeout = 1 }),
        [typeof(UpdateDataTarget)] = new(
            Reach.Refused, w => w.DataTarget,
            w => new { name = "mine", type = "HTTP_PUSH", applicationId = w.Application, url = "http://x", timeout = 1 }),
        [typeof(PauseDataTarget)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(ResumeDataTarget)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(RenewSigningSecret)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(DeleteDataTarget)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(TestDataTarget)] = new(Reach.Refused, Body: w => new { dataTargetId = w.DataTarget, payloadDecoderId = w.Decoder }),
        [typeof(ListDataTargetLog)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(GetDataTargetLog)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(GetOpenDataDkRegistered)] = new(Reach.Refused, w => w.Organization),
        [typeof(UpdateOpenDataDkRegistered)] = new(Reach.Refused, w => w.Organization),
        [typeof(SendOpenDataDkMail)] = new(
            Reach.Refused, Body: w => new { organizationId = w.Organization, organizationOddkAlias = "mine", sharingUrl = "https://example.dk" }),
        [typeof(GetOpenDataDkCatalogue)] = new(Reach.Open, w => w.Organization), // what is shared is for everybody
        [typeof(GetOpenDataDkData)] = new(Reach.Open, w => w.Organization),
        [typeof(ListDeliveries)] = new(Reach.Refused, w => w.DataTarget),
        [typeof(ResendDeliveries)] = new(Reach.Refused, w => w.DataTarget, _ => new { }),

        [typeof(ListConnections)] = new(Reach.Own),
        [typeof(ListConnectionsOfDevice)] = new(Reach.Own, w => w.Device),
        [typeof(ListConnectionsOfPayloadDecoder)] = new(Reach.Own, w => w.Decoder),
        [typeof(ListConnectionsOfDataTarget)] = new(Reach.Own, w => w.DataTarget),
        [typeof(GetConnection)] = new(Reach.Refused, w => w.Connection),
        [typeof(CreateConnection)] = new(
            Reach.Refused, Body: w => new { iotDeviceIds = new[] { w.Device }, dataTargetId = w.DataTarget, payloadDecoderId = w.Decoder }),
        [typeof(UpdateConnection)] = new(
            Reach.Refused, w => w.Connection, w => new { iotDeviceIds = new[] { w.Device }, dataTargetId = w.DataTarget }),
        [typeof(DeleteConnection)] = new(Reach.Refused, w => w.Connection),

        [typeof(ListDeviceModels)] = new(Reach.Own),
        [typeof(GetDeviceModel)] = new(Reach.Refused, w => w.DeviceModel),
        [typeof(CreateDeviceModel)] = new(Reach.Refused, Body: w => new { belongsToId = w.Organization, body = ApiHost.AModelBody("mine") }),
        [typeof(UpdateDeviceModel)] = new(Reach.Refused, w => w.DeviceModel, _ => new { body = ApiHost.AModelBody("mine") }),
        [typeof(DeleteDeviceModel)] = new(Reach.Refused, w => w.DeviceModel),

        [typeof(SearchEverything)] = new(Reach.Own), // its own tests search

        [typeof(ListPayloadDecoders)] = new(Reach.Shared), // organizations share their decoders
        [typeof(GetPayloadDecoder)] = new(Reach.Shared, w => w.Decoder),
        [typeof(ListPayloadDecoderVersions)] = new(Reach.Shared, w => w.Decoder),
        [typeof(GetPayloadDecoderVersion)] = new(Reach.Shared, w => w.Decoder),
        [typeof(RestorePayloadDecoderVersion)] = new(Reach.Refused, w => w.Decoder),
        [typeof(CreatePayloadDecoder)] = new(
            Reach.Refused, Body: w => new { name = "mine", organizationId = w.Organization, decodingFunction = "\"\"" }),
        [typeof(UpdatePayloadDecoder)] = new(
            Reach.Refused, w => w.Decoder, w => new { name = "mine", organizationId = w.Organization, decodingFunction = "\"\"" }),
        [typeof(TestPayloadDecoder)] = new(
            Reach.Own, Body: _ => new { code = "\"function decode() { return 1; }\"", iotDeviceJsonString = "{}", rawPayloadJsonString = "{}" }),
        [typeof(DeletePayloadDecoder)] = new(Reach.Refused, w => w.Decoder),

        [typeof(ListGateways)] = new(Reach.Own),
        [typeof(GetGateway)] = new(Reach.Refused, w => w.Gateway),
        [typeof(CreateGateway)] = new(
            Reach.Refused, Body: w => new { organizationId = w.Organization, gateway = Gateway(ApiHost.Eui()) }),
        [typeof(UpdateGateway)] = new(Reach.Refused, w => w.Gateway, _ => new { gateway = Gateway(null) }),
        [typeof(DeleteGateway)] = new(Reach.Refused, w => w.Gateway),
        [typeof(ListGatewayStatuses)] = new(Reach.Own),
        [typeof(GetGatewayStatus)] = new(Reach.Refused, w => w.Gateway),
        [typeof(ListGatewayEvents)] = new(Reach.Refused, w => w.Gateway),
        [typeof(ListGatewayFrames)] = new(Reach.Refused, w => w.Gateway),

        [typeof(ListDeviceProfiles)] = new(Reach.Own),
        [typeof(ListAdrAlgorithms)] = new(Reach.Shared), // the network's own
        [typeof(GetDeviceProfile)] = new(Reach.Refused, w => w.DeviceProfile),
        [typeof(CreateDeviceProfile)] = new(
            Reach.Refused, Body: w => new { deviceProfile = DeviceProfile(), internalOrganizationId = w.Organization }),
        [typeof(UpdateDeviceProfile)] = new(Reach.Refused, w => w.DeviceProfile, _ => new { deviceProfile = DeviceProfile() }),
        [typeof(DeleteDeviceProfile)] = new(Reach.Refused, w => w.DeviceProfile),

        [typeof(ListMulticastGroups)] = new(Reach.Own),
        [typeof(GetMulticastGroup)] = new(Reach.Refused, w => w.MulticastGroup),
        [typeof(CreateMulticastGroup)] = new(Reach.Refused, Body: MulticastGroup),
        [typeof(UpdateMulticastGroup)] = new(Reach.Refused, w => w.MulticastGroup, MulticastGroup),
        [typeof(DeleteMulticastGroup)] = new(Reach.Refused, w => w.MulticastGroup),
        [typeof(GetMulticastQueue)] = new(Reach.Refused, w => w.MulticastGroup),
        [typeof(SendToMulticastGroup)] = new(Reach.Refused, w => w.MulticastGroup, _ => new { data = "00", port = 1 }),

        [typeof(ListSigfoxGroups)] = new(Reach.Refused, Query: w => $"organizationId={w.Organization}"),
        [typeof(GetSigfoxGroup)] = new(Reach.Refused, w => w.SigfoxGroup),
        [typeof(CreateSigfoxGroup)] = new(Reach.Refused, Body: w => new { organizationId = w.Organization, username = "mine", password = "x" }),
        [typeof(UpdateSigfoxGroup)] = new(Reach.Refused, w => w.SigfoxGroup, _ => new { username = "mine", password = "x" }),
        [typeof(TestSigfoxConnection)] = new(Reach.Refused, Body: w => new { organizationId = w.Organization, username = "mine", password = "x" }),
        [typeof(ListSigfoxContracts)] = new(Reach.Refused, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(ListUnusedSigfoxDevices)] = new(Reach.Refused, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(ListSigfoxDeviceTypes)] = new(Reach.Refused, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(GetSigfoxDeviceType)] = new(Reach.Refused, _ => 1, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(CreateSigfoxDeviceType)] = new(
            Reach.Refused, Body: _ => new { name = "mine", contractId = "x", description = "" }, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(UpdateSigfoxDeviceType)] = new(
            Reach.Refused, _ => 1, _ => new { name = "mine", contractId = "x", description = "" }, w => $"groupId={w.SigfoxGroup}"),
        [typeof(ListSigfoxCallbacks)] = new(Reach.Refused, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(CheckSigfoxCallbacks)] = new(Reach.Refused, _ => 1, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(GetSigfoxDevice)] = new(Reach.Refused, w => w.Device),
        [typeof(ListSigfoxJobs)] = new(Reach.Refused, Query: w => $"groupId={w.SigfoxGroup}"),
        [typeof(GetSigfoxJob)] = new(Reach.Refused, w => w.SigfoxJob),
        [typeof(ListSigfoxJobDevices)] = new(Reach.Refused, w => w.SigfoxJob),
        [typeof(RestartSigfoxDevices)] = new(Reach.Refused, Body: w => new { deviceIds = new[] { w.Device } }),
        [typeof(RestartSigfoxDeviceType)] = new(Reach.Refused, Body: w => new { groupId = w.SigfoxGroup, deviceTypeId = "abc" }),
        [typeof(RegisterSigfoxDevices)] = new(
            Reach.Refused,
            Body: w => new
            {
                groupId = w.SigfoxGroup,
                applicationId = w.Application,
                deviceTypeId = "abc",
                devices = new[] { new { deviceId = "AB", name = "mine", pac = "00", prototype = true } },
            }),
    };

    /// <summary>What an endpoint may do for somebody of another organization.</summary>
    internal enum Reach
    {
        /// <summary>Nothing: the call has a foreign id in it.</summary>
        Refused,

        /// <summary>Answers, but with nothing of the other organization.</summary>
        Own,

        /// <summary>Answers anyone who is signed in with what organizations share; the line says why.</summary>
        Shared,

        /// <summary>Answers anyone.</summary>
        Open,
    }

    [Fact]
    public void Endpoint_WhenRegistered_HasALineHere()
    {
        var missing = Endpoints().Select(e => e.Type).Except(Calls.Keys).Select(t => t.Name).ToList();

        Assert.True(missing.Count == 0, $"Add a line to {nameof(TenancyTests)} that says what others may reach by: {string.Join(", ", missing)}");
    }

    [Fact]
    public async Task Endpoint_WhenNobodyIsSignedIn_IsRefused()
    {
        var world = await api.AWorld();

        foreach (var endpoint in Endpoints().Where(e => Calls[e.Type].Reach != Reach.Open))
        {
            var answer = await Send(api.Anonymous(), endpoint, world);
            Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{endpoint.Type.Name} answered {answer.Status}: {answer.Text}");
        }
    }

    [Fact]
    public async Task Endpoint_WhenCallerIsOfAnotherOrganization_ShowsAndChangesNothing()
    {
        var (victim, own) = (await api.AWorld(), await api.AWorld());
        var names = await Names(victim);
        (string Who, ApiClient Client)[] callers =
        [
            ("reader", await api.SignedInAsReaderOf(own.Organization, own.Application)),

            // The permission lists a foreign application, as it might after one was moved: that opens nothing.
            ("reader with a foreign application", await api.SignedInAsReaderOf(own.Organization, own.Application, victim.Application)),
            ("application admin", await api.SignedInAsApplicationAdminOf(own.Organization, own.Application, victim.Application)),
            ("user admin", await api.SignedInAsUserAdminOf(own.Organization)),
            ("gateway admin", await api.SignedInAs(own.Organization, PermissionType.OrganizationGatewayAdmin)),
            ("nobody", await api.SignedInAsNobody()),
            ("API key", (await api.AnApiKey(await api.APermission(
                own.Organization, null, [own.Application, victim.Application],
                PermissionType.Read, PermissionType.OrganizationApplicationAdmin, PermissionType.OrganizationUserAdmin, PermissionType.OrganizationGatewayAdmin))).Client),
        ];

        foreach (var (who, client) in callers)
        {
            // What ends the caller's own session comes last, or it would be the reason of all refusals after it.
            foreach (var endpoint in Endpoints().Where(e => Calls[e.Type].Reach is Reach.Refused or Reach.Own).OrderBy(e => EndsOwnSession(e.Type)))
            {
                var answer = await Send(client, endpoint, victim);
                var what = $"{endpoint.Type.Name} answered the {who} {(int)answer.Status}: {answer.Text}";
                Assert.True(IsRefusal(answer.Status) || Calls[endpoint.Type].Reach == Reach.Own, what);
                Assert.DoesNotContain(names, name => answer.Text.Contains($"\"{name}\"", StringComparison.Ordinal) ? throw new InvalidOperationException(what) : false);
            }
        }

        Assert.Equal(names, await Names(victim));
    }

    [Fact]
    public async Task List_WhenAskedForAnotherOrganization_IsRefused()
    {
        var (victim, own) = (await api.AWorld(), await api.AWorld());
        var reader = await api.SignedInAsReaderOf(own.Organization, own.Application);

        (await reader.Get($"application?organizationId={victim.Organization}")).Is(HttpStatusCode.Forbidden);
        (await reader.Get($"data-target?applicationId={victim.Application}")).Is(HttpStatusCode.Forbidden);
    }

    private static object Gateway(string? gatewayId) =>
        new { gatewayId, name = "mine", location = new { longitude = 1, latitude = 2 }, tagsString = "{}" };

    private static object DeviceProfile() =>
        new { name = ApiHost.Name("mine"), macVersion = 3, regParamsRevision = 0, adrAlgorithmID = "default", classCTimeout = 0 };

    private static object MulticastGroup(World world) => new
    {
        name = "mine",
        applicationID = world.Application,
        mcAddr = "01abcdef",
        mcNwkSKey = ApiHost.Key(),
        mcAppSKey = ApiHost.Key(),
        fCnt = 0,
        dr = 0,
        frequency = 1,
        groupType = "CLASS_C",
        iotDevices = new[] { new { id = world.Device } },
    };

    internal static bool EndsOwnSession(Type endpoint) => endpoint == typeof(Logout) || endpoint == typeof(BeginKombitLogout);

    private static bool IsRefusal(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound;

    private static Task<Answer> Send(ApiClient client, Registered endpoint, World world)
    {
        var call = Calls[endpoint.Type];
        var path = AddressParameter().Replace(endpoint.Path.Replace("{version}", "1", StringComparison.Ordinal), $"{call.Id?.Invoke(world)}");
        path += call.Query is null ? "" : $"?{call.Query(world)}";
        return client.Send(new HttpMethod(endpoint.Verb), path, call.Body is null ? null : JsonContent.Create(call.Body(world)));
    }

    private List<Registered> Endpoints() =>
    [
        .. api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Route: e, Definition: e.Metadata.GetMetadata<EndpointDefinition>()))
            .Where(e => e.Definition is not null)
            .Select(e => new Registered(
                e.Definition!.EndpointType,
                e.Route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0],
                e.Route.RoutePattern.RawText!.TrimStart('/')["api/v1".Length..].TrimStart('/'))),
    ];

    private async Task<List<string>> Names(World world)
    {
        await using var command = api.Database.DataSource.CreateCommand(
            """
            SELECT name FROM organizations WHERE id = $1 UNION ALL SELECT name FROM applications WHERE organization_id = $1
            UNION ALL SELECT d.name FROM devices d JOIN applications a ON a.id = d.application_id WHERE a.organization_id = $1
            UNION ALL SELECT t.name FROM data_targets t JOIN applications a ON a.id = t.application_id WHERE a.organization_id = $1
            UNION ALL SELECT name FROM gateways WHERE organization_id = $1 UNION ALL SELECT name FROM device_profiles WHERE organization_id = $1
            UNION ALL SELECT g.name FROM multicast_groups g JOIN applications a ON a.id = g.application_id WHERE a.organization_id = $1
            UNION ALL SELECT name FROM payload_decoders WHERE organization_id = $1 UNION ALL SELECT name FROM permissions WHERE organization_id = $1
            UNION ALL SELECT username FROM sigfox_groups WHERE organization_id = $1
            ORDER BY 1
            """);
        command.Parameters.AddWithValue(world.Organization);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex AddressParameter();

    internal sealed record Call(Reach Reach, Func<World, object>? Id = null, Func<World, object>? Body = null, Func<World, string>? Query = null);

    private sealed record Registered(Type Type, string Verb, string Path);
}
