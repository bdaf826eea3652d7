using System.Text.Json;
using Microsoft.Extensions.Options;
using OS2iot.Simulator.ChirpStack;

namespace OS2iot.Simulator.Demo;

/// <summary>
/// The town's LoRaWAN: two gateways and three soil sensors, made through the REST API and heard in the played ChirpStack. Now and then a
/// frame is lost, and one of the gateways is far from some of the sensors.
/// </summary>
internal sealed class DemoLoRaWan(
    IHttpClientFactory clients,
    DemoSeeder seeder,
    IConfiguration configuration,
    ChirpStackRadio radio,
    IOptions<SimulatorOptions> options,
    IOptions<PlayedChirpStackOptions> chirpStack,
    TimeProvider clock,
    ILogger<DemoLoRaWan> logger) : DemoNetwork(clients, seeder, configuration, options, clock, logger)
{
    private const string Decoder =
        """
        // Two bytes on port 2: soil moisture (%) and battery (fiftieths of a volt).
        function decode(payload, metadata) {
            const bytes = atob(payload.data);
            return {
                device: metadata.name,
                moisture: bytes.charCodeAt(0),
                battery: bytes.charCodeAt(1) / 50,
                location: metadata.location
            };
        }
        """;

    private const string Profile = "Jordfugtsmåler";

    private static readonly DemoApplication Plan = new(
        "Jordfugt", "Fugt ved byens træer og baner, over LoRaWAN", "PROTOTYPE", "jordfugt", Profile, Decoder, []);

    private static readonly DemoGateway[] Gateways =
    [
        new("7276ff000b030001", "Vandtaarnet", 57.4942, 10.4921),
        new("7276ff000b030002", "Havnekontoret", 57.4923, 10.5004),
    ];

    private static readonly DemoSensor[] Sensors =
    [
        new("a84041000181c001", "Bytræ, Strandvejen", 57.4936, 10.4990, [-104, -71]),
        new("a84041000181c002", "Bytræ, Skolegade", 57.4939, 10.4935, [-68, -99]),
        new("a84041000181c003", "Boldbanen", 57.4961, 10.4893, [-82, -117]),
    ];

    private readonly HashSet<string> _joined = [];

    protected override DemoApplication Application => Plan;

    protected override string Network => "chirpstack";

    protected override bool IsPlayed => chirpStack.Value.Port != 0;

    protected override async Task<List<int>> AddDevicesAsync(DemoApi api, int organizationId, int applicationId, CancellationToken ct)
    {
        var there = (await api.GetAsync($"chirpstack/gateway?limit=1000&organizationId={organizationId}", ct)).GetProperty("resultList").EnumerateArray()
            .Select(g => g.GetProperty("gatewayId").GetString()).ToHashSet();
        foreach (var gateway in Gateways.Where(g => !there.Contains(g.Id)))
        {
            var location = new { latitude = gateway.Latitude, longitude = gateway.Longitude };
            await api.PostAsync(
                "chirpstack/gateway", new { organizationId, gateway = new { gatewayId = gateway.Id, name = gateway.Name, location, tagsString = "{}" } }, ct);
        }

        var profileId = await ProfileAsync(api, organizationId, ct);
        var devices = new List<int>();
        foreach (var sensor in Sensors)
        {
            var device = await api.FindOrCreateAsync(
                $"application/{applicationId}/iot-devices?limit=1000", sensor.Name, "iot-device",
                new
                {
                    name = sensor.Name,
                    type = "LORAWAN",
                    applicationId,
                    latitude = sensor.Latitude,
                    longitude = sensor.Longitude,

                    // Names as they are: serialization would begin this key in small letters.
                    lorawanSettings = new Dictionary<string, object>
                    {
                        ["devEUI"] = sensor.DevEui,
                        ["activationType"] = "OTAA",
                        ["OTAAapplicationKey"] = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)),
                        ["deviceProfileID"] = profileId,
                        ["skipFCntCheck"] = false,
                        ["isDisabled"] = false,
                    },
                },
                ct);
            devices.Add(device.GetProperty("id").GetInt32());
        }

        return devices;
    }

    protected override async Task PlayAsync(CancellationToken ct)
    {
        foreach (var gateway in Gateways)
        {
            await radio.ConnectAsync(gateway.Id, isOnline: true, ct);
            await radio.TellStatsAsync(gateway.Id, received: 3, emitted: 0, ct);
        }

        foreach (var sensor in Sensors)
        {
            if (!_joined.Contains(sensor.DevEui) && await radio.JoinAsync(sensor.DevEui, ct))
            {
                _joined.Add(sensor.DevEui);
                await radio.TellStatusAsync(sensor.DevEui, margin: 12, battery: 91, ct);
            }

            var receptions = sensor.Rssi.Select((rssi, i) => new Reception(
                Gateways[i].Id, rssi + Random.Shared.Next(-4, 5), (float)Math.Round(9 - ((-rssi - 70) / 4.0) + Random.Shared.NextDouble(), 1))).ToList();
            var moisture = (byte)(34 + Random.Shared.Next(0, 5));
            await radio.SendAsync(
                sensor.DevEui, fPort: 2, new byte[] { moisture, 178 }, receptions, dr: 5, lost: Random.Shared.Next(20) == 0 ? 1u : 0, ct);
        }
    }

    private static async Task<string> ProfileAsync(DemoApi api, int organizationId, CancellationToken ct)
    {
        var found = (await api.GetAsync("chirpstack/device-profiles?limit=1000", ct)).GetProperty("result").EnumerateArray()
            .FirstOrDefault(p => p.GetProperty("name").GetString() == Profile);
        if (found.ValueKind == JsonValueKind.Undefined)
        {
            var deviceProfile = new { name = Profile, macVersion = 3, regParamsRevision = 0, adrAlgorithmID = "default", classCTimeout = 0 };
            found = await api.PostAsync("chirpstack/device-profiles", new { deviceProfile, internalOrganizationId = organizationId }, ct);
        }

        return found.GetProperty("id").GetString()!;
    }

    private sealed record DemoGateway(string Id, string Name, double Latitude, double Longitude);

    /// <param name="DevEui">Of the device.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Latitude">Degrees.</param>
    /// <param name="Longitude">Degrees.</param>
    /// <param name="Rssi">By which each gateway hears it.</param>
    private sealed record DemoSensor(string DevEui, string Name, double Latitude, double Longitude, int[] Rssi);
}
