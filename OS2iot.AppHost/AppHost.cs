using System.Runtime.InteropServices;
using OS2iot.AppHost;
using OS2iot.AppHost.LocalProcess;

var builder = DistributedApplication.CreateBuilder(args);
var isRun = builder.ExecutionContext.IsRunMode;
var state = new StateFolder(builder);
var ports = new PortSettings(builder);
var administrator = new FirstAdministrator(state);

// Secrets: made up at the first start, kept in the state folder. Parameters:NAME sets one from outside.
var masterKey = builder.AddSecret("master-key", length: 44);
var portalKey = builder.AddSecret("portal-master-key", length: 44);
var jwtSecret = builder.AddSecret("jwt-secret", length: 44);
var brokerPasswords = new BrokerPasswords(builder);
var chirpStackSecret = builder.AddSecret("chirpstack-api-secret", length: 44);
var chirpStackKey = builder.AddSecret("chirpstack-api-key", length: 44);
var hasOwnChirpStack = builder.Configuration["ChirpStack:Address"] is { Length: > 0 };

// Stores and brokers: ConnectionStrings:NAME names one that is there already; otherwise it is part of this system.
var postgres = builder.HasConnectionString(Names.Database) ? null : AddPostgres();
var database = postgres?.AddDatabase(Names.Database) ?? builder.AddConnectionString(Names.Database);
var kafka = builder.HasConnectionString(Names.Kafka) ? builder.AddConnectionString(Names.Kafka) : AddKafka();
var mosquitto = builder.HasConnectionString(Names.Mosquitto) ? null : AddMosquitto();
var mqtt = mosquitto is null ? builder.AddConnectionString(Names.Mosquitto) : null;
var mqttIngest = mqtt ?? AddMqttConnection(mosquitto!, Names.MqttIngest, Names.MqttIngestAccount, brokerPasswords.Ingest);
var mqttWorkers = mqtt ?? AddMqttConnection(mosquitto!, Names.MqttWorkers, Names.MqttWorkersAccount, brokerPasswords.Workers);
var chirpStack = mosquitto is null || postgres is null ? null : AddChirpStack(postgres, mosquitto);

// The schema is brought up to date once, before any host starts.
var migrations = builder.AddProject<Projects.OS2iot_Workers>(Names.Migrations)
    .WithArgs("migrate")
    .WithEnvironmentOf(builder)
    .WithReference(database)
    .WithEnvironment("Secrets__MasterKey", masterKey)
    .WaitFor(database);

var api = builder.AddProject<Projects.OS2iot_Api>(Names.Api)
    .WithHttpEndpoint(ports.Of(Names.Api, 3000))
    .WithExternalHttpEndpoints()
    .AsHost(builder, migrations)
    .WithReference(database)
    .WithEnvironment("Secrets__MasterKey", masterKey)
    .WithEnvironment("Jwt__Secret", jwtSecret);

var ingest = builder.AddProject<Projects.OS2iot_Ingest>(Names.Ingest)
    .WithHttpEndpoint(ports.Of(Names.Ingest, 3001))
    .WithExternalHttpEndpoints()
    .AsHost(builder, migrations)
    .WithReference(database)
    .WithReference(kafka)
    .WithReference(mqttIngest, Names.Mosquitto)
    .WithEnvironment("Secrets__MasterKey", masterKey)
    .WaitFor(kafka)
    .WaitFor(mqttIngest);

var workers = builder.AddProject<Projects.OS2iot_Workers>(Names.Workers)
    .WithHttpEndpoint()
    .AsHost(builder, migrations)
    .WithReference(database)
    .WithReference(kafka)
    .WithReference(mqttWorkers, Names.Mosquitto)
    .WithEnvironment("Secrets__MasterKey", masterKey)
    .WaitFor(kafka);

var portal = builder.AddProject<Projects.OS2iot_Portal>(Names.Portal)
    .WithHttpEndpoint(ports.Of(Names.Portal, 8080))
    .WithExternalHttpEndpoints()
    .AsHost(builder, migrations)
    .WithReference(api)
    .WithEnvironment("Ingest__PublicUrl", ingest.GetEndpoint("http"))
    .WithEnvironment("Secrets__MasterKey", portalKey) // its own: the portal has no business with the database's secrets
    .WaitFor(api);

// Mails and sign-ins lead to the portal.
api.WithEnvironment("Portal__PublicUrl", portal.GetEndpoint("http")).WithEnvironment("Kombit__AllowedRedirects__0", portal.GetEndpoint("http"));

if (mosquitto is not null)
{
    api.WithEnvironment("Mqtt__PasswordPort", mosquitto.GetEndpoint("mqtt-password").Property(EndpointProperty.Port))
        .WithEnvironment("Mqtt__CertificatePort", mosquitto.GetEndpoint("mqtt-certificate").Property(EndpointProperty.Port));
}

// Our broker's name as devices know it, and as it stands in its certificate.
if (builder.Configuration["Mqtt:PublicHost"] is { Length: > 0 } brokerHost)
{
    api.WithEnvironment("Mqtt__PublicHost", brokerHost);
    workers.WithEnvironment("Mqtt__PublicHost", brokerHost);
}

// Where Ingest is for the world: Sigfox is told to send there.
if (builder.Configuration["Ingest:PublicUrl"] is { Length: > 0 } ingestUrl)
{
    workers.WithEnvironment("Ingest__PublicUrl", ingestUrl);
}

// ChirpStack:Address names one that is there already; then the parameter chirpstack-api-key is a key of it.
if (chirpStack is not null && !hasOwnChirpStack)
{
    api.WithReference(chirpStack.GetEndpoint("http"));
    workers.WithReference(chirpStack.GetEndpoint("http"));
}

foreach (var host in (IResourceBuilder<ProjectResource>[])[api, workers])
{
    host.WithEnvironment("CHIRPSTACK_API_KEY", chirpStackKey);
    if (hasOwnChirpStack)
    {
        host.WithEnvironment("ChirpStack__Address", builder.Configuration["ChirpStack:Address"]!);
    }
    else if (isRun)
    {
        host.WithEnvironment("ChirpStack__ApiKeyFile", state.Path(Names.ChirpStack, "api-key")); // of the container, which makes its own
    }
}

if (isRun)
{
    portal.WithEnvironment("Portal__KeysDirectory", state.Path("keys", "portal"));
    migrations.WithEnvironment("FirstAdministrator__CredentialsFile", administrator.CredentialsFile);

    portal.WithEnvironment("Ingest__PublicUrl", ingest.GetEndpoint("http"));

    // The outside world: networks, devices, data targets.
    var simulator = builder.AddProject<Projects.OS2iot_Simulator>(Names.Simulator)
        .WithHttpEndpoint(ports.Of(Names.Simulator, 3002))
        .AsHost(builder, migrations)
        .WithReference(api)
        .WithReference(ingest)
        .WithEnvironment("FirstAdministrator__CredentialsFile", administrator.CredentialsFile)
        .WithEnvironment("Simulator__Mode", builder.Configuration["Simulator:Mode"] ?? "demo")
        .WaitFor(api)
        .WaitFor(ingest);

    // ChirpStack is played where its container does not run: gateways and devices included.
    simulator.WithHttpEndpoint(ports.Of(Names.ChirpStack, 3003), name: Names.ChirpStack)
        .WithEnvironment("Simulator__ChirpStack__Port", simulator.GetEndpoint(Names.ChirpStack).Property(EndpointProperty.TargetPort))
        .WithEnvironment("Simulator__ChirpStack__TopicPrefix", "eu868")
        .WithReference(mqtt ?? AddMqttConnection(mosquitto!, Names.MqttChirpStack, Names.MqttChirpStackAccount, brokerPasswords.ChirpStack), Names.Mosquitto);
    if (!hasOwnChirpStack)
    {
        api.WithReference(simulator.GetEndpoint(Names.ChirpStack));
        workers.WithReference(simulator.GetEndpoint(Names.ChirpStack));
    }

    // Its data targets are on this machine, where a data target may not be otherwise.
    var sinks = simulator.GetEndpoint("http").Property(EndpointProperty.HostAndPort);
    workers.WithEnvironment("Egress__AllowedHosts__0", sinks);
    api.WithEnvironment("Egress__AllowedHosts__0", sinks);

    // So is somebody else's MQTT broker, to which Ingest subscribes.
    simulator.WithEndpoint(ports.Of("SimulatorMqtt", resource: Names.Simulator), scheme: "mqtt", name: "mqtt", env: "Simulator__BrokerPort");
    ingest.WithEnvironment("Egress__AllowedHosts__0", simulator.GetEndpoint("mqtt").Property(EndpointProperty.HostAndPort));

    // Sigfox is played too, unless an address says where the real one is.
    if (builder.Configuration["Sigfox:BaseAddress"] is { Length: > 0 } sigfox)
    {
        api.WithEnvironment("Sigfox__BaseAddress", sigfox);
        workers.WithEnvironment("Sigfox__BaseAddress", sigfox);
    }
    else
    {
        api.WithEnvironment("Sigfox__BaseAddress", ReferenceExpression.Create($"{simulator.GetEndpoint("http")}/sigfox/v2/"));
        workers.WithEnvironment("Sigfox__BaseAddress", ReferenceExpression.Create($"{simulator.GetEndpoint("http")}/sigfox/v2/"))
            .WithEnvironment("Ingest__PublicUrl", ingest.GetEndpoint("http"));
    }

    // So is an identity provider, unless an address says where the real one is.
    if (builder.Configuration["Oidc:Authority"] is not { Length: > 0 })
    {
        foreach (var host in new[] { portal, api })
        {
            host.WithEnvironment("Oidc__Authority", simulator.GetEndpoint("http"))
                .WithEnvironment("Oidc__ClientId", Names.SimulatedClient)
                .WithEnvironment("Oidc__ClientSecret", Names.SimulatedClient); // any will do
        }

        simulator.WithEnvironment(
            $"Simulator__IdentityProvider__Clients__{Names.SimulatedClient}__BackChannelLogoutUri",
            ReferenceExpression.Create($"{portal.GetEndpoint("http")}/oidc/backchannel-logout"));
    }

    ports.CheckBeforeStart();
    administrator.CreateBeforeStart(builder);
    ReadyMessage.PrintWhenHealthy(builder);
}

builder.Build().Run();

IResourceBuilder<PostgresServerResource> AddPostgres()
{
    var server = builder.AddPostgres(Names.Postgres, port: ports.Of(Names.Postgres));
    server
        .WithDataVolume()
        .WithInitFiles("chirpstack/initdb")
        .WithLocalProcess("sh", [
            builder.Script("local/postgres.sh"), state.Path(Names.Postgres), server.Resource.Port, Names.Database, Names.ChirpStack,
        ], PosixSignal.SIGINT); // "fast shutdown": sessions are ended, nothing is lost
    return isRun ? server.WithPgAdmin() : server;
}

IResourceBuilder<KafkaServerResource> AddKafka()
{
    var broker = builder.AddKafka(Names.Kafka).WithDataVolume();
    return isRun ? broker.WithKafkaUI() : broker;
}

IResourceBuilder<ContainerResource> AddMosquitto()
{
    var broker = builder.AddContainer(Names.Mosquitto, "eclipse-mosquitto", "2.0.22")
        .WithEndpoint(ports.Of("Mqtt", 1883, Names.Mosquitto), 1883, "mqtt", "mqtt")
        .WithEndpoint(ports.Of("MqttCertificate", 8884, Names.Mosquitto), 8884, "mqtt", "mqtt-certificate", isExternal: true)
        .WithEndpoint(ports.Of("MqttPassword", 8885, Names.Mosquitto), 8885, "mqtt", "mqtt-password", isExternal: true)
        .WithBindMount("mosquitto", "/mosquitto/os2iot", isReadOnly: true)
        .WithVolume("mosquitto-data", "/mosquitto/data")
        .WithVolume("mosquitto-tls", "/mosquitto/tls", isReadOnly: true)
        .WithEntrypoint("/bin/sh")
        .WithArgs("/mosquitto/os2iot/start.sh", "/mosquitto/data", "1883", "8884", "8885", "0.0.0.0", "/mosquitto/tls")
        .WithEnvironment("MQTT_INGEST_PASSWORD", brokerPasswords.Ingest)
        .WithEnvironment("MQTT_WORKERS_PASSWORD", brokerPasswords.Workers)
        .WithEnvironment("MQTT_CHIRPSTACK_PASSWORD", brokerPasswords.ChirpStack)
        .WithEnvironment("MQTT_GATEWAY_BRIDGE_PASSWORD", brokerPasswords.GatewayBridge);
    return broker.WithLocalProcess("sh", [
        builder.Script("mosquitto/start.sh"), state.Path(Names.Mosquitto),
        broker.GetEndpoint("mqtt").Property(EndpointProperty.Port),
        broker.GetEndpoint("mqtt-certificate").Property(EndpointProperty.Port),
        broker.GetEndpoint("mqtt-password").Property(EndpointProperty.Port),
        "127.0.0.1",
        state.Path("mosquitto-tls"),
    ]);
}

IResourceBuilder<IResourceWithConnectionString> AddMqttConnection(
    IResourceBuilder<ContainerResource> broker, string name, string account, IResourceBuilder<ParameterResource> password)
{
    var address = broker.GetEndpoint("mqtt").Property(EndpointProperty.HostAndPort);
    return builder.AddConnectionString(name, ReferenceExpression.Create($"mqtt://{account}:{password}@{address}"));
}

IResourceBuilder<ContainerResource> AddChirpStack(
    IResourceBuilder<PostgresServerResource> server, IResourceBuilder<ContainerResource> broker)
{
    var ownDatabase = server.AddDatabase(Names.ChirpStackDatabase, Names.ChirpStack);
    var brokerAddress = broker.GetEndpoint("mqtt").Property(EndpointProperty.HostAndPort);
    var redis = builder.AddContainer(Names.ChirpStackRedis, "redis", "7.4.2-alpine")
        .WithEndpoint(targetPort: 6379, name: "tcp")
        .WithVolume("chirpstack-redis-data", "/data");

    builder.AddContainer(Names.ChirpStackGatewayBridge, "chirpstack/chirpstack-gateway-bridge", "4.0.11")
        .WithEndpoint(targetPort: 3001, scheme: "ws", name: "basics-station", isExternal: true)
        .WithBindMount("chirpstack/gateway-bridge", "/etc/chirpstack-gateway-bridge", isReadOnly: true)
        .WithEnvironment("INTEGRATION__MQTT__AUTH__GENERIC__SERVERS", ReferenceExpression.Create($"tcp://{brokerAddress}"))
        .WithEnvironment("INTEGRATION__MQTT__AUTH__GENERIC__USERNAME", Names.MqttGatewayBridgeAccount)
        .WithEnvironment("INTEGRATION__MQTT__AUTH__GENERIC__PASSWORD", brokerPasswords.GatewayBridge)
        .WaitFor(broker);

    var network = builder.AddContainer(Names.ChirpStack, "chirpstack/chirpstack", "4.11.1")
        .WithHttpEndpoint(targetPort: 8080, name: "http")
        .WithBindMount("chirpstack/config", "/etc/chirpstack", isReadOnly: true)
        .WithEnvironment("CHIRPSTACK_DATABASE", ReferenceExpression.Create($"{ownDatabase.Resource.UriExpression}?sslmode=disable"))
        .WithEnvironment("CHIRPSTACK_REDIS", ReferenceExpression.Create($"redis://{redis.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort)}/"))
        .WithEnvironment("CHIRPSTACK_MQTT_SERVER", ReferenceExpression.Create($"tcp://{brokerAddress}"))
        .WithEnvironment("CHIRPSTACK_MQTT_USERNAME", Names.MqttChirpStackAccount)
        .WithEnvironment("CHIRPSTACK_MQTT_PASSWORD", brokerPasswords.ChirpStack)
        .WithEnvironment("CHIRPSTACK_API_SECRET", chirpStackSecret)
        .WaitFor(ownDatabase)
        .WaitFor(redis)
        .WaitFor(broker);
    return isRun
        ? network.WithBindMount("chirpstack/start", "/os2iot", isReadOnly: true)
            .WithBindMount(state.Path(Names.ChirpStack), "/var/lib/os2iot")
            .WithEntrypoint("/bin/sh")
            .WithArgs("/os2iot/start.sh", "/var/lib/os2iot/api-key")
        : network.WithArgs("-c", "/etc/chirpstack");
}
