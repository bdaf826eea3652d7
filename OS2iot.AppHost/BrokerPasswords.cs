namespace OS2iot.AppHost;

/// <summary>What our own services prove themselves by at the MQTT broker: each its own, so that each has just the rights it needs.</summary>
internal sealed class BrokerPasswords(IDistributedApplicationBuilder builder)
{
    private const int Length = 32;

    public IResourceBuilder<ParameterResource> Ingest { get; } = builder.AddSecret("mosquitto-ingest-password", Length);

    public IResourceBuilder<ParameterResource> Workers { get; } = builder.AddSecret("mosquitto-workers-password", Length);

    public IResourceBuilder<ParameterResource> ChirpStack { get; } = builder.AddSecret("mosquitto-chirpstack-password", Length);

    public IResourceBuilder<ParameterResource> GatewayBridge { get; } = builder.AddSecret("mosquitto-gateway-bridge-password", Length);
}
