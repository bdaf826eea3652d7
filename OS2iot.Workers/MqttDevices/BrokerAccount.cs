using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OS2iot.Core.MqttDevices;

namespace OS2iot.Workers.MqttDevices;

/// <summary>How one device's account has to be at our broker: a client with a role of its own, in the dynamic security plugin's words.</summary>
/// <param name="Username">By what the broker knows the device.</param>
/// <param name="DeviceId">For people who look at the broker. Null for a service of ours.</param>
/// <param name="Password">Null for a device with a certificate, and for a service: its password is in the broker's file.</param>
/// <param name="Mark">Tells of the password whether it is another one, without telling it: the broker never shows passwords.</param>
/// <param name="Rules">What the device may do.</param>
internal sealed record BrokerAccount(string Username, int? DeviceId, string? Password, string Mark, IReadOnlyList<BrokerRule> Rules)
{
    private const string RolePrefix = "device:";

    /// <summary>
    /// What Ingest may read, which the rules file says too. A session that Mosquitto 2.0 read from disk loses the file's rules when the broker reads
    /// its files again, and nobody may be sent what he may not read: it would be acknowledged to the device and dropped. The plugin's rules stay.
    /// </summary>
    public static BrokerAccount OfIngest { get; } = new(
        MqttAccountName.OfServices + "-ingest", DeviceId: null, Password: null, "service",
        [.. ((string[])["device/+/+/+", "devices/+/+/+", "application/#", "gateway/#", "+/gateway/#"]).Select(topic => new BrokerRule("publishClientReceive", topic, true, 0))]);

    public string Role => RoleOf(Username);

    public string TextName => DeviceId is { } id ? string.Create(CultureInfo.InvariantCulture, $"device {id}") : "service";

    public static string RoleOf(string username) => RolePrefix + username;

    /// <summary>The user name behind a role; null where the role is none of ours.</summary>
    public static string? UsernameOf(string role) => role.StartsWith(RolePrefix, StringComparison.Ordinal) ? role[RolePrefix.Length..] : null;

    public static IReadOnlyList<BrokerRule> RulesFor(int organizationId, int applicationId, int deviceId)
    {
        var downlink = MqttTopic.Downlink(organizationId, applicationId, deviceId);
        return
        [
            .. MqttTopic.Uplinks(organizationId, applicationId, deviceId).Select(topic => new BrokerRule("publishClientSend", topic, true, 0)),
            new BrokerRule("publishClientReceive", downlink, true, 0),
            new BrokerRule("subscribeLiteral", downlink, true, 0),

            // Said outright, as the rules of our services are asked next, which let anybody subscribe to what they can't read.
            new BrokerRule("subscribePattern", "#", false, -1),
        ];
    }

    public JsonObject CreateClient() => Client("createClient");

    public JsonObject ModifyClient() => Client("modifyClient");

    public JsonObject CreateRole() => new() { ["command"] = "createRole", ["rolename"] = Role, ["acls"] = Acls() };

    public JsonObject ModifyRole() => new() { ["command"] = "modifyRole", ["rolename"] = Role, ["acls"] = Acls() };

    public bool IsClient(JsonNode client) =>
        (string?)client["textdescription"] == Mark
        && (bool?)client["disabled"] != true
        && client["roles"] is JsonArray { Count: 1 } roles && (string?)roles[0]?["rolename"] == Role
        && client["groups"] is null or JsonArray { Count: 0 };

    public bool IsRole(JsonNode role) =>
        role["acls"] is JsonArray acls
        && Rules.Count == acls.Count
        && Rules.ToHashSet().SetEquals(acls.Select(BrokerRule.From));

    private JsonObject Client(string command)
    {
        var client = new JsonObject
        {
            ["command"] = command,
            ["username"] = Username,
            ["textname"] = TextName,
            ["textdescription"] = Mark,
            ["roles"] = new JsonArray(new JsonObject { ["rolename"] = Role }),
        };
        if (Password is not null)
        {
            client["password"] = Password;
        }

        return client;
    }

    private JsonArray Acls() => JsonSerializer.SerializeToNode(Rules, JsonSerializerOptions.Web)!.AsArray();
}

/// <summary>One line of what an account may do.</summary>
internal readonly record struct BrokerRule(string Acltype, string Topic, bool Allow, int Priority)
{
    public static BrokerRule From(JsonNode? rule) => new(
        (string?)rule?["acltype"] ?? "", (string?)rule?["topic"] ?? "", (bool?)rule?["allow"] ?? false, (int?)rule?["priority"] ?? 0);
}
