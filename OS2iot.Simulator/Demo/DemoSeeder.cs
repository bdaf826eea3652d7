using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using OS2iot.Simulator.Brokers;

namespace OS2iot.Simulator.Demo;

/// <summary>Builds the town through the REST API. What is there already, by name, is left as it is.</summary>
internal sealed class DemoSeeder(
    IHttpClientFactory clients, IServer server, IConfiguration configuration, OutsideBroker outside,
    IOptions<SimulatorOptions> options)
{
    private const int PageSize = 1000;

    /// <returns>The devices with what they connect by.</returns>
    public async Task<List<SeededDevice>> SeedAsync(CancellationToken ct)
    {
        var api = new DemoApi(clients.CreateClient(DemoApi.Name));
        await api.SignInAsync(
            configuration["FirstAdministrator:CredentialsFile"]
                ?? throw new InvalidOperationException("The demo signs in with FirstAdministrator:CredentialsFile."),
            ct);

        var organization = await api.FindOrCreateAsync(
            $"organization?limit={PageSize}", DemoTown.Organization, "organization", new { name = DemoTown.Organization }, ct);
        var devices = new List<SeededDevice>();
        foreach (var application in DemoTown.Applications)
        {
            devices.AddRange(await SeedAsync(api, Id(organization), application, ct));
        }

        return devices;
    }

    /// <summary>Has the application's messages decoded, where it has a decoder, and sent to its sink.</summary>
    public async Task PassOnAsync(DemoApi api, int organizationId, int applicationId, DemoApplication plan, List<int> deviceIds, CancellationToken ct)
    {
        var decoderId = await DecoderAsync(api, organizationId, plan, ct);
        var targetId = await TargetAsync(api, applicationId, SinkUrl(plan.Sink), ct);
        await ConnectAsync(api, deviceIds, decoderId, targetId, ct);
    }

    private async Task<List<SeededDevice>> SeedAsync(
        DemoApi api, int organizationId, DemoApplication plan, CancellationToken ct)
    {
        var application = await api.FindOrCreateAsync(
            $"application?limit={PageSize}&organizationId={organizationId}", plan.Name, "application",
            new { name = plan.Name, description = plan.Description, status = plan.Status, organizationId }, ct);
        var applicationId = Id(application);
        var devices = new List<SeededDevice>();
        foreach (var device in plan.Devices.Where(d => d.Connection != DemoConnection.MqttSubscription || outside.Port is not null))
        {
            devices.Add(await DeviceAsync(api, applicationId, device, ct));
        }

        await PassOnAsync(api, organizationId, applicationId, plan, devices.ConvertAll(d => d.Id), ct);
        return devices;
    }

    private static async Task<int> TargetAsync(DemoApi api, int applicationId, string url, CancellationToken ct)
    {
        var body = new { name = "Demomodtager", type = "HTTP_PUSH", applicationId, url, timeout = 5000 };
        var target = await api.FindOrCreateAsync(
            $"data-target?limit={PageSize}&applicationId={applicationId}", body.name, "data-target", body, ct);

        // The simulator may have another address than at its first start.
        if (target.GetProperty("url").GetString() != url)
        {
            await api.PutAsync($"data-target/{Id(target)}", body, ct);
        }

        return Id(target);
    }

    private static async Task<int?> DecoderAsync(DemoApi api, int organizationId, DemoApplication plan, CancellationToken ct) =>
        plan is not { DecoderName: { } name, Decoder: { } script }
            ? null
            : Id(await api.FindOrCreateAsync(
                $"payload-decoder?limit={PageSize}&organizationId={organizationId}", name, "payload-decoder",
                new { name, organizationId, decodingFunction = JsonSerializer.Serialize(script) }, ct));

    private async Task<SeededDevice> DeviceAsync(DemoApi api, int applicationId, DemoDevice device, CancellationToken ct)
    {
        var body = Body(device, applicationId);
        var found = await api.FindOrCreateAsync($"application/{applicationId}/iot-devices?limit={PageSize}", device.Name, "iot-device", body, ct);

        // The other broker has another password at each start, and maybe another address.
        if (device.Connection == DemoConnection.MqttSubscription)
        {
            body["id"] = Id(found);
            await api.PutAsync($"iot-device/{Id(found)}", body, ct);
        }

        // A list may leave secrets out; the device itself has them.
        return new SeededDevice(device, await api.GetAsync($"iot-device/{Id(found)}", ct));
    }

    private Dictionary<string, object?> Body(DemoDevice device, int applicationId)
    {
        var body = new Dictionary<string, object?>
        {
            ["name"] = device.Name,
            ["type"] = device.Connection switch
            {
                DemoConnection.Http => "GENERIC_HTTP",
                DemoConnection.MqttSubscription => "MQTT_EXTERNAL_BROKER",
                _ => "MQTT_INTERNAL_BROKER",
            },
            ["applicationId"] = applicationId,
            ["latitude"] = device.Latitude,
            ["longitude"] = device.Longitude,
            ["metadata"] = JsonSerializer.Serialize(device.Metadata),
        };
        switch (device.Connection)
        {
            case DemoConnection.MqttByPassword:
                body["mqttInternalBrokerSettings"] = new
                {
                    authenticationType = "PASSWORD",
                    mqttusername = $"strandby-{applicationId}-vejr",
                    mqttpassword = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)),
                };
                break;
            case DemoConnection.MqttByCertificate:
                body["mqttInternalBrokerSettings"] = new { authenticationType = "CERTIFICATE" };
                break;
            case DemoConnection.MqttSubscription:
                body["mqttExternalBrokerSettings"] = new
                {
                    authenticationType = "PASSWORD",
                    mqttURL = "mqtt://localhost",
                    mqttPort = outside.Port,
                    mqtttopicname = "aalbaek/vejr/+",
                    mqttusername = OutsideBroker.Username,
                    mqttpassword = outside.Password,
                };
                break;
        }

        return body;
    }

    private static async Task ConnectAsync(DemoApi api, List<int> deviceIds, int? decoderId, int targetId, CancellationToken ct)
    {
        const string Connections = "iot-device-payload-decoder-data-target-connection";
        if ((await api.ListAsync($"{Connections}/byDataTarget/{targetId}", ct)).Count == 0)
        {
            await api.PostAsync(Connections, new { iotDeviceIds = deviceIds, payloadDecoderId = decoderId, dataTargetId = targetId }, ct);
        }
    }

    private string SinkUrl(string sink)
    {
        var own = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        return new Uri(options.Value.PublicUrl ?? new Uri(own), "/sink/" + sink).ToString();
    }

    private static int Id(JsonElement entity) => entity.GetProperty("id").GetInt32();
}
