using System.Globalization;
using System.Text.Json.Nodes;

namespace OS2iot.Simulator.Sigfox;

/// <summary>Sigfox in memory: API users with a group each, and below it contracts, device types and devices.</summary>
internal sealed class SigfoxCloud
{
    /// <summary>Of users, and of what each has.</summary>
    private const int MaxThings = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SigfoxUser> _users = [];
    private readonly Queue<string> _calls = new();
    private int _number = 0x1000;

    /// <summary>How it misbehaves.</summary>
    public SigfoxFaults Faults { get; set; } = new();

    /// <summary>Every call so far, as method and path.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>A user with a group, one contract, one device type and as many devices as asked for.</summary>
    public SigfoxUser AddUser(string username, string password, int devices = 2)
    {
        lock (_lock)
        {
            if (_users.Count >= MaxThings)
            {
                _users.Clear();
            }

            var group = NewId();
            var user = new SigfoxUser(username, password)
            {
                Group = new JsonObject { ["id"] = group, ["name"] = $"Group of {username}", ["type"] = 2 },
            };
            var contract = NewId();
            user.Contracts[contract] = new JsonObject
            {
                ["id"] = contract,
                ["name"] = "A contract",
                ["contractId"] = "contract_1",
                ["group"] = Reference(group),
            };
            var type = AddDeviceType(user, new JsonObject { ["name"] = "A device type", ["description"] = "", ["contractId"] = contract });
            for (var i = 0; i < Math.Min(devices, MaxThings); i++)
            {
                AddDevice(user, new JsonObject
                {
                    ["id"] = NextNumber().ToString("X", CultureInfo.InvariantCulture),
                    ["name"] = $"Device {i + 1}",
                    ["pac"] = NewId()[..16],
                    ["deviceTypeId"] = type,
                });
            }

            return _users[username] = user;
        }
    }

    /// <returns>Null where the login is wrong.</returns>
    public SigfoxUser? Find(string username, string password)
    {
        lock (_lock)
        {
            return _users.TryGetValue(username, out var user) && user.Password == password ? user : null;
        }
    }

    /// <summary>Notes a call, and says how it is to fail; null when it is not.</summary>
    public SigfoxFaults? Count(string call)
    {
        lock (_lock)
        {
            _calls.Enqueue(call);
            if (_calls.Count > MaxThings)
            {
                _calls.Dequeue();
            }

            if (Faults.Status is null || !call.Contains(Faults.Only ?? "", StringComparison.Ordinal))
            {
                return null;
            }

            var now = Faults;
            if (now.Times is { } times)
            {
                Faults = times > 1 ? now with { Times = times - 1 } : new SigfoxFaults();
            }

            return now;
        }
    }

    /// <summary>Does something with a user's things while nobody else does.</summary>
    public T Use<T>(Func<T> action)
    {
        lock (_lock)
        {
            return action();
        }
    }

    public static string AddDeviceType(SigfoxUser user, JsonObject body)
    {
        var id = NewId();
        user.DeviceTypes[id] = DeviceTypeOf(user, id, body);
        return id;
    }

    public static JsonObject DeviceTypeOf(SigfoxUser user, string id, JsonObject body)
    {
        var type = (JsonObject)body.DeepClone();
        var contract = (string?)body["contractId"];
        type["id"] = id;
        type["group"] = Reference((string)user.Group["id"]!, (string?)user.Group["name"]);
        type["contract"] = contract is null ? null : Reference(contract);
        type.Remove("groupId");
        return type;
    }

    public static void AddDevice(SigfoxUser user, JsonObject body)
    {
        var id = ((string)body["id"]!).ToUpperInvariant();
        var typeId = (string)body["deviceTypeId"]!;
        user.Devices[id] = new JsonObject
        {
            ["id"] = id,
            ["name"] = (string?)body["name"],
            ["pac"] = (string?)body["pac"],
            ["deviceType"] = Reference(typeId, (string?)user.DeviceTypes[typeId]["name"]),
            ["group"] = Reference((string)user.Group["id"]!, (string?)user.Group["name"]),
            ["location"] = new JsonObject { ["lat"] = Number(body["lat"]), ["lng"] = Number(body["lng"]) },
            ["prototype"] = (bool?)body["prototype"] ?? false,
            ["productCertificate"] = body["productCertificate"]?.DeepClone(),
            ["automaticRenewal"] = (bool?)body["automaticRenewal"] ?? true,
            ["activable"] = true,
            ["state"] = 5,
        };
    }

    public static double Number(JsonNode? node) => (double?)node ?? 0;

    private static JsonObject Reference(string id, string? name = null) =>
        name is null ? new JsonObject { ["id"] = id } : new JsonObject { ["id"] = id, ["name"] = name };

    private static string NewId() => Guid.NewGuid().ToString("N")[..24];

    private int NextNumber() => ++_number;
}

/// <summary>An API user and what it sees, each thing by its id.</summary>
internal sealed record SigfoxUser(string Username, string Password)
{
    public required JsonObject Group { get; init; }

    public Dictionary<string, JsonObject> Contracts { get; } = [];

    public Dictionary<string, JsonObject> DeviceTypes { get; } = [];

    public Dictionary<string, JsonObject> Devices { get; } = [];
}

/// <summary>How Sigfox misbehaves. All empty: not at all.</summary>
internal sealed record SigfoxFaults
{
    /// <summary>Answered instead of what was asked for.</summary>
    public int? Status { get; init; }

    /// <summary>Seconds, sent with the status.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>After so many calls all is well again; null for never.</summary>
    public int? Times { get; init; }

    /// <summary>Only calls in whose method and path this occurs.</summary>
    public string? Only { get; init; }

    /// <summary>Waited before that answer.</summary>
    public int DelayMs { get; init; }
}
