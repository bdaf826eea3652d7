using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace OS2iot.Simulator.ChirpStack;

internal static class PlayedChirpStackExtensions
{
    public static WebApplicationBuilder AddPlayedChirpStack(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<PlayedChirpStackOptions>()
            .BindConfiguration(PlayedChirpStackOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<PlayedChirpStackOptions>>().Value;
            return new ChirpStackNetwork(services.GetRequiredService<TimeProvider>()) { ApiKey = options.ApiKey, Version = options.Version };
        });
        builder.Services.AddSingleton<ChirpStackBroker>();
        builder.Services.AddSingleton<ChirpStackRadio>();
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<ChirpStackDoor>());

        // Without TLS a port can't speak two versions of HTTP, and gRPC wants the second.
        var port = builder.Configuration.GetValue<int>($"{PlayedChirpStackOptions.Section}:{nameof(PlayedChirpStackOptions.Port)}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (port > 0 && endpoint.IPEndPoint?.Port == port)
            {
                endpoint.Protocols = HttpProtocols.Http2;
            }
        }));
        return builder;
    }

    /// <summary>
    /// ChirpStack's API. For tests and for trying things out also <c>PUT /chirpstack/faults</c>, which makes it misbehave
    /// (<c>{"code":14}</c> is an outage, <c>{}</c> its end), <c>GET /chirpstack/calls</c>, and what happens in the air:
    /// <c>POST /chirpstack/devices/{devEui}/join</c>, <c>…/uplinks</c>, <c>…/status</c>, <c>POST /chirpstack/gateways/{id}/state</c>.
    /// </summary>
    public static void MapPlayedChirpStack(this WebApplication app)
    {
        app.MapGrpcService<PlayedTenants>();
        app.MapGrpcService<PlayedApplications>();
        app.MapGrpcService<PlayedGateways>();
        app.MapGrpcService<PlayedDeviceProfiles>();
        app.MapGrpcService<PlayedDevices>();
        app.MapGrpcService<PlayedMulticastGroups>();
        app.MapGrpcService<PlayedVersion>();
        app.MapAir();
    }

    private static void MapAir(this WebApplication app)
    {
        var network = app.Services.GetRequiredService<ChirpStackNetwork>();
        var radio = app.Services.GetRequiredService<ChirpStackRadio>();
        var air = app.MapGroup("/chirpstack").AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (RpcException exception)
            {
                return Results.Json(new { message = exception.Status.Detail }, statusCode: StatusCodes.Status404NotFound);
            }
        });
        air.MapPut("faults", (ChirpStackFaults faults) =>
        {
            network.Faults = faults;
            return Results.NoContent();
        });
        air.MapGet("calls", () => network.Calls);
        air.MapPost("devices/{devEui}/join", async (string devEui, CancellationToken ct) =>
            await radio.JoinAsync(devEui, ct) ? Results.NoContent() : Results.Conflict());
        air.MapPost("devices/{devEui}/uplinks", async (string devEui, UplinkToPlay uplink, CancellationToken ct) =>
            await radio.SendAsync(
                devEui, uplink.FPort, Convert.FromHexString(uplink.Data), uplink.Receptions, uplink.Dr, uplink.Lost, ct) is { } fCnt
                    ? Results.Ok(new { fCnt })
                    : Results.Conflict());
        air.MapPost("devices/{devEui}/status", (string devEui, StatusToPlay status, CancellationToken ct) =>
            radio.TellStatusAsync(devEui, status.Margin, status.BatteryLevel, ct));
        air.MapPost("gateways/{gatewayId}/state", (string gatewayId, StateToPlay state, CancellationToken ct) =>
            radio.ConnectAsync(gatewayId, state.IsOnline, ct));
    }

    /// <param name="Data">Hexadecimal.</param>
    /// <param name="Receptions">By whom it was heard.</param>
    /// <param name="FPort">1 to 223.</param>
    /// <param name="Dr">Data rate.</param>
    /// <param name="Lost">Frames before it that nobody heard.</param>
    private sealed record UplinkToPlay(string Data, List<Reception> Receptions, uint FPort = 1, int Dr = 5, uint Lost = 0);

    private sealed record StatusToPlay(int Margin, float? BatteryLevel);

    private sealed record StateToPlay(bool IsOnline);
}
