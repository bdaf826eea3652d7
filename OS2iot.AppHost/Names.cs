namespace OS2iot.AppHost;

/// <summary>Names of the resources, as operators and tests know them.</summary>
internal static class Names
{
    public const string Postgres = "postgres";
    public const string Database = "os2iot";
    public const string Kafka = "kafka";
    public const string Mosquitto = "mosquitto";
    public const string MqttConnection = "mqtt";
    public const string ChirpStack = "chirpstack";
    public const string ChirpStackDatabase = "chirpstack-database";
    public const string ChirpStackRedis = "chirpstack-redis";
    public const string ChirpStackGatewayBridge = "chirpstack-gateway-bridge";
    public const string Migrations = "migrations";
    public const string Api = "api";
    public const string Ingest = "ingest";
    public const string Workers = "workers";
    public const string Portal = "portal";
    public const string Simulator = "simulator";

    /// <summary>What the simulator's identity provider calls this installation.</summary>
    public const string SimulatedClient = "os2iot-portal";

    /// <summary>The account our own services have at the MQTT broker.</summary>
    public const string MqttAccount = "os2iot";
}
