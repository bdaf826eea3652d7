namespace OS2iot.AppHost;

/// <summary>Names of the resources, as operators and tests know them.</summary>
internal static class Names
{
    public const string Postgres = "postgres";
    public const string Database = "os2iot";
    public const string Kafka = "kafka";
    public const string Mosquitto = "mosquitto";
    public const string MqttIngest = "mqtt-ingest";
    public const string MqttWorkers = "mqtt-workers";
    public const string MqttChirpStack = "mqtt-chirpstack";
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

    /// <summary>Accounts at the MQTT broker; mosquitto/rules says what each may do.</summary>
    public const string MqttIngestAccount = "os2iot-ingest";
    public const string MqttWorkersAccount = "os2iot-workers";
    public const string MqttChirpStackAccount = "os2iot-chirpstack";
    public const string MqttGatewayBridgeAccount = "os2iot-gateway-bridge";
}
