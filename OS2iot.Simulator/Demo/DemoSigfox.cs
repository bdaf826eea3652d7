using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using OS2iot.Simulator.Sigfox;

namespace OS2iot.Simulator.Demo;

/// <summary>
/// The town's bins: a group, a device type and three devices that the played Sigfox has, under ids that stay, connected through the REST
/// API. They are heard by the callbacks that the platform makes there; each listens for a downlink now and then.
/// </summary>
internal sealed class DemoSigfox(
    IHttpClientFactory clients,
    DemoSeeder seeder,
    IConfiguration configuration,
    SigfoxCloud cloud,
    SigfoxRadio radio,
    IOptions<SimulatorOptions> options,
    TimeProvider clock,
    ILogger<DemoSigfox> logger) : DemoNetwork(clients, seeder, configuration, options, clock, logger)
{
    /// <summary>Of the API user, here as everywhere a text that Sigfox makes.</summary>
    private const string Username = "5f0c1a2b3c4d5e6f70818201";

    private const string Password = "the demo's password at the played Sigfox";

    private const string Group = "5f0c1a2b3c4d5e6f70818202";

    private const string Contract = "5f0c1a2b3c4d5e6f70818203";

    private const string DeviceType = "5f0c1a2b3c4d5e6f70818204";

    /// <summary>Sequence numbers of Sigfox begin again after 4095.</summary>
    private const int Numbers = 4096;

    private const int SecondsPerNumber = 30;

    private const string Decoder =
        """
        // Two bytes: how full (%) and battery (fiftieths of a volt).
        function decode(payload, metadata) {
            return {
                device: metadata.name,
                fill: parseInt(payload.data.substring(0, 2), 16),
                battery: parseInt(payload.data.substring(2, 4), 16) / 50,
                location: metadata.location
            };
        }
        """;

    private static readonly DemoApplication Plan = new(
        "Affald", "Byens offentlige skraldespande, over Sigfox", "IN-OPERATION", "affald", "Skraldespand", Decoder, []);

    private static readonly (string Id, string Name, double Latitude, double Longitude)[] Bins =
    [
        ("00B1A001", "Skraldespand, Torvet", 57.4940, 10.4962),
        ("00B1A002", "Skraldespand, Havnen", 57.4926, 10.5011),
        ("00B1A003", "Skraldespand, Stationen", 57.4952, 10.4907),
    ];

    private readonly SigfoxUser _user = Town();

    private bool _hasTold;

    protected override DemoApplication Application => Plan;

    protected override string Network => "sigfox";

    protected override async Task<List<int>> AddDevicesAsync(DemoApi api, int organizationId, int applicationId, CancellationToken ct)
    {
        cloud.AddUser(_user);
        var groups = await api.ListAsync($"sigfox-group?organizationId={organizationId}", ct);
        var group = groups.Find(g => g.GetProperty("username").GetString() == Username);
        if (group.ValueKind == System.Text.Json.JsonValueKind.Undefined)
        {
            group = await api.PostAsync("sigfox-group", new { organizationId, username = Username, password = Password }, ct);
        }

        var groupId = group.GetProperty("id").GetInt32();
        var devices = new List<int>();
        foreach (var bin in Bins)
        {
            var sigfoxSettings = new { deviceId = bin.Id, groupId, connectToExistingDeviceInBackend = true };
            var device = await api.FindOrCreateAsync(
                $"application/{applicationId}/iot-devices?limit=1000", bin.Name, "iot-device",
                new { name = bin.Name, type = "SIGFOX", applicationId, latitude = bin.Latitude, longitude = bin.Longitude, sigfoxSettings }, ct);
            devices.Add(device.GetProperty("id").GetInt32());
        }

        return devices;
    }

    protected override async Task PlayAsync(CancellationToken ct)
    {
        // Until the platform has made its callbacks, nobody would hear them.
        if (cloud.Use(() => _user.CallbacksOf(DeviceType).Count) == 0)
        {
            return;
        }

        var seconds = Clock.GetUtcNow().ToUnixTimeSeconds();
        var number = (int)(seconds / SecondsPerNumber % Numbers);
        foreach (var (i, bin) in Bins.Index())
        {
            var fill = (int)((seconds / 600 * (i + 2)) % 100);
            var message = new SigfoxMessage
            {
                DeviceId = bin.Id,
                Data = string.Create(CultureInfo.InvariantCulture, $"{fill:x2}{178 - i:x2}"),
                SeqNumber = number,
                Ack = number % 10 == i,
                Stations = 1 + i,
            };
            await radio.SendAsync(_user, [message], ct);
            if (!_hasTold)
            {
                await radio.SendStatusAsync(_user, bin.Id, battery: 3.5, temperature: 8, ct);
            }
        }

        _hasTold = true;
    }

    private static SigfoxUser Town()
    {
        var user = new SigfoxUser(Username, Password)
        {
            Group = new JsonObject { ["id"] = Group, ["name"] = "Strandby Kommune", ["type"] = 2 },
        };
        user.Contracts[Contract] = new JsonObject
        {
            ["id"] = Contract, ["name"] = "Strandby 2026", ["contractId"] = "strandby_2026", ["group"] = new JsonObject { ["id"] = Group },
        };
        user.DeviceTypes[DeviceType] = SigfoxCloud.DeviceTypeOf(
            user, DeviceType, new JsonObject { ["name"] = "Skraldespande", ["description"] = "Niveau og batteri", ["contractId"] = Contract });
        foreach (var bin in Bins)
        {
            SigfoxCloud.AddDevice(user, new JsonObject
            {
                ["id"] = bin.Id,
                ["name"] = bin.Name,
                ["pac"] = $"0123456789{bin.Id[2..]}",
                ["deviceTypeId"] = DeviceType,
                ["lat"] = bin.Latitude,
                ["lng"] = bin.Longitude,
            });
        }

        return user;
    }
}
