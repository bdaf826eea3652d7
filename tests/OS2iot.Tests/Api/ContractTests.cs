using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Tests.GenericHttp;

namespace OS2iot.Tests.Api;

/// <summary>
/// The endpoints that clients of OS2IoT know, all of them: each is served, and each is met by a test of the category Contract that
/// names it in a <see cref="CoversAttribute"/>.
/// </summary>
[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed partial class ContractTests(ApiHost api)
{
    private const string Reference =
        """
        GET / | GET /healthcheck

        POST /auth/login | GET /auth/profile | GET /auth/me
        GET /auth/kombit/login | POST /auth/kombit/login/callback | GET /auth/kombit/logout | GET /auth/kombit/logout/callback
        GET /auth/kombit/metadata

        GET /user | GET /user/minimal | GET /user/:id | GET /user/organizationUsers/:organizationId
        GET /user/awaitingUsers | GET /user/awaitingUsers/:organizationId
        POST /user | PUT /user/:id | PUT /user/rejectUser | PUT /user/:id/hide-welcome

        PUT /kombitCreation/createNewKombitUser | PUT /kombitCreation/updateUserOrgs
        GET /kombitCreation/minimal | GET /kombitCreation/minimalUsers | GET /kombitCreation/:id

        POST /organization | PUT /organization/:id | DELETE /organization/:id
        GET /organization | GET /organization/minimal | GET /organization/:id

        POST /permission | PUT /permission/:id | PUT /permission/acceptUser | DELETE /permission/:id
        GET /permission | GET /permission/:id | GET /permission/:id/applications | GET /permission/:id/users

        POST /api-key | PUT /api-key/:id | DELETE /api-key/:id | GET /api-key | GET /api-key/:id
        GET /api-key-info/organization

        GET /application | GET /application/:id | GET /application/:id/iot-devices
        POST /application | PUT /application/:id | DELETE /application/:id

        GET /iot-device/:id | GET /iot-device/:id/downlink | POST /iot-device/:id/downlink | GET /iot-device/stats/:id
        POST /iot-device | PUT /iot-device/:id | POST /iot-device/createMany | POST /iot-device/updateMany | DELETE /iot-device/:id
        PUT /iot-device/resetHttpDeviceApiKey/:id | GET /iot-device/getDevicesMetadataCsv/:applicationId
        GET /iot-device/minimalByPayloadDecoder/:payloadDecoderId

        GET /data-target | GET /data-target/:id | POST /data-target | PUT /data-target/:id | DELETE /data-target/:id
        GET /data-target/getOpenDataDkRegistered/:organizationId | PUT /data-target/updateOpenDataDkRegistered/:organizationId
        POST /data-target/sendOpenDataDkMail

        GET /iot-device-payload-decoder-data-target-connection | GET /iot-device-payload-decoder-data-target-connection/:id
        GET /iot-device-payload-decoder-data-target-connection/byIoTDevice/:id
        GET /iot-device-payload-decoder-data-target-connection/byPayloadDecoder/:id
        GET /iot-device-payload-decoder-data-target-connection/byDataTarget/:id
        POST /iot-device-payload-decoder-data-target-connection | PUT /iot-device-payload-decoder-data-target-connection/:id
        DELETE /iot-device-payload-decoder-data-target-connection/:id

        GET /payload-decoder | GET /payload-decoder/:id | POST /payload-decoder | PUT /payload-decoder/:id | DELETE /payload-decoder/:id
        POST /test-payload-decoder

        GET /device-model | GET /device-model/:id | POST /device-model | PUT /device-model/:id | DELETE /device-model/:id

        GET /multicast | GET /multicast/:id | POST /multicast | PUT /multicast/:id | DELETE /multicast/:id
        GET /multicast/:id/downlink-multicast | POST /multicast/:id/downlink-multicast

        GET /search

        GET /chirpstack/gateway | GET /chirpstack/gateway/:gatewayId | POST /chirpstack/gateway
        PUT /chirpstack/gateway/:gatewayId | DELETE /chirpstack/gateway/:gatewayId
        GET /lorawan/gateway/status | GET /lorawan/gateway/status/:id
        GET /chirpstack/device-profiles | GET /chirpstack/device-profiles/adr-algorithms | GET /chirpstack/device-profiles/:id
        POST /chirpstack/device-profiles | PUT /chirpstack/device-profiles/:id | DELETE /chirpstack/device-profiles/:id

        GET /sigfox-group | GET /sigfox-group/:id | POST /sigfox-group | PUT /sigfox-group/:id | POST /sigfox-group/test-connection
        GET /sigfox-contract | GET /sigfox-api-device
        GET /sigfox-device-type | GET /sigfox-device-type/:id | POST /sigfox-device-type | PUT /sigfox-device-type/:id

        POST /receive-data | POST /sigfox-callback/data/bidir

        GET /open-data-dk-sharing/:organizationId | GET /open-data-dk-sharing/:organizationId/data/:shareId
        """;

    /// <summary>In the form of the reference, such as <c>GET /application/:id</c>.</summary>
    internal static readonly IReadOnlyList<string> Endpoints =
        Reference.Split(['|', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // What devices and networks call is on the host that takes messages in.
    private static readonly string[] OfIngest = ["POST /receive-data", "POST /sigfox-callback/data/bidir"];

    [Fact]
    public void Reference_WhenCounted_Has126Endpoints() => Assert.Equal(126, Endpoints.Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public async Task Endpoint_WhenInTheReference_IsServed()
    {
        await using var ingest = new IngestHost(api.Database);

        AssertNone(
            "These are not served by the Api",
            Endpoints.Except(OfIngest).ExceptBy(Served(api.Services), Pattern));
        AssertNone(
            "These are not served by Ingest",
            OfIngest.ExceptBy(Served(ingest.Services), Pattern));
    }

    [Fact]
    public void Endpoint_WhenInTheReference_IsCoveredByATestOfTheContract()
    {
        var covered = Tests().Where(t => t.IsOfTheContract).SelectMany(t => t.Covers).ToHashSet(StringComparer.Ordinal);

        AssertNone($"No test of the category Contract has a [Covers] for these", Endpoints.Where(e => !covered.Contains(e)));
    }

    [Fact]
    public void Cover_WhenNamed_IsWrittenAsInTheReferenceByATestOfTheContract()
    {
        AssertNone(
            "These [Covers] name no endpoint of the reference",
            Tests().SelectMany(t => t.Covers.Except(Endpoints).Select(e => $"{e} (on {t.Name})")));
        AssertNone(
            """These tests have a [Covers] but not [Trait("Category", "Contract")]""",
            Tests().Where(t => t.Covers.Count > 0 && !t.IsOfTheContract).Select(t => t.Name));
    }

    private static void AssertNone(string what, IEnumerable<string> found)
    {
        var list = found.ToList();
        Assert.True(list.Count == 0, $"{what} ({list.Count}):\n{string.Join('\n', list)}");
    }

    /// <summary>Verb and path, whatever a host calls the parameters.</summary>
    private static string Pattern(string endpoint) => ParameterPattern().Replace(endpoint, ":").ToUpperInvariant();

    private static List<string> Served(IServiceProvider services) =>
    [
        .. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(verb => (Verb: verb, Path: e.RoutePattern.RawText)))
            .Select(e => Pattern($"{e.Verb} /{e.Path!.Trim('/')["api/v1".Length..].Trim('/')}")),
    ];

    private static IEnumerable<Test> Tests() =>
        from type in typeof(ContractTests).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
        where method.GetCustomAttribute<FactAttribute>() is not null
        select new Test(
            $"{type.Name}.{method.Name}",
            [.. method.GetCustomAttributes<CoversAttribute>().Select(c => c.Endpoint)],
            type.GetCustomAttributes<TraitAttribute>().Concat(method.GetCustomAttributes<TraitAttribute>())
                .Any(t => t is { Name: "Category", Value: "Contract" }));

    [GeneratedRegex(@":\w+|\{\w+\}")]
    private static partial Regex ParameterPattern();

    private sealed record Test(string Name, IReadOnlyList<string> Covers, bool IsOfTheContract);
}
