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
    private int _matching;
    private SigfoxFaults _faults = new();

    /// <summary>How it misbehaves.</summary>
    public SigfoxFaults Faults
    {
        get => _faults;
        set => (_faults, _matching) = (value, 0);
    }

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

    /// <summary>A user with all that it has, in place of the one of that name.</summary>
    public void AddUser(SigfoxUser user)
    {
        lock (_lock)
        {
            _users[user.Username] = user;
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

            if (Faults.Status is null || !call.Contains(Faults.Only ?? "", StringComparison.Ordinal) || ++_matching % Math.Max(1, Faults.Every) != 0)
            {
                return null;
            }

            var now = Faults;
            if (now.Times is { } times)
            {
                _faults = times > 1 ? now with { Times = times - 1 } : now with { Status = null, Times = null };
            }

            return now;
        }
    }

    /// <returns>Whether the next callback is to be lost.</returns>
    public bool LosesCallback()
    {
        lock (_lock)
        {
            if (_faults.LostCallbacks <= 0)
            {
                return false;
            }

            _faults = _faults with { LostCallbacks = _faults.LostCallbacks - 1 };
            return true;
        }
    }

    public SigfoxUser? Find(string username)
    {
        lock (_lock)
        {
            return _users.GetValueOrDefault(username);
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
        type["contract"] = contract is null ? null : Reference(contract, (string?)user.Contracts.GetValueOrDefault(contract)?["name"]);
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

    public static string NewId() => Guid.NewGuid().ToString("N")[..24];

    private int NextNumber() => ++_number;
}

/// <summary>An API user and what it sees, each thing by its id.</summary>
internal sealed record SigfoxUser(string Username, string Password)
{
    /// <summary>Of what could not be delivered.</summary>
    private const int MaxUndelivered = 10_000;

    public required JsonObject Group { get; init; }

    public Dictionary<string, JsonObject> Contracts { get; } = [];

    public Dictionary<string, JsonObject> DeviceTypes { get; } = [];

    public Dictionary<string, JsonObject> Devices { get; } = [];

    /// <summary>By device type.</summary>
    public Dictionary<string, List<JsonObject>> Callbacks { get; } = [];

    /// <summary>Callbacks that nobody took, by device type, newest first.</summary>
    public Dictionary<string, LinkedList<JsonObject>> Undelivered { get; } = [];

    public Dictionary<string, SigfoxBulkJob> Jobs { get; } = [];

    /// <summary>When each device was last changed.</summary>
    public Dictionary<string, DateTimeOffset> Changed { get; } = [];

    public List<JsonObject> CallbacksOf(string typeId) => Callbacks.TryGetValue(typeId, out var callbacks) ? callbacks : Callbacks[typeId] = [];

    public void AddUndelivered(string typeId, JsonObject undelivered)
    {
        var list = Undelivered.TryGetValue(typeId, out var known) ? known : Undelivered[typeId] = [];
        list.AddFirst(undelivered);
        if (list.Count > MaxUndelivered)
        {
            list.RemoveLast();
        }
    }
}

/// <summary>A job of Sigfox's own, which is done after somebody asked for it often enough.</summary>
internal sealed class SigfoxBulkJob(IReadOnlyList<string> devices, IReadOnlyList<string> failing, int looks)
{
    private int _looks = looks;

    public IReadOnlyList<string> Devices => devices;

    public IReadOnlyList<string> Failing { get; } = [.. devices.Intersect(failing, StringComparer.OrdinalIgnoreCase)];

    public bool IsDone => _looks <= 0;

    public void Look() => _looks--;
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

    /// <summary>2 for every second call, and so on.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Only calls in whose method and path this occurs.</summary>
    public string? Only { get; init; }

    /// <summary>Waited before that answer.</summary>
    public int DelayMs { get; init; }

    /// <summary>The status is answered, but what was asked for is done.</summary>
    public bool DoesIt { get; init; }

    /// <summary>A device can be changed once an hour, as at Sigfox.</summary>
    public bool LimitsChanges { get; init; }

    /// <summary>Subtypes of callbacks that the contract does not have.</summary>
    public IReadOnlyList<int> RefusedSubtypes { get; init; } = [];

    /// <summary>How often somebody must ask for a job before it is done.</summary>
    public int JobLooks { get; init; } = 1;

    /// <summary>Devices for which jobs fail.</summary>
    public IReadOnlyList<string> FailingDevices { get; init; } = [];

    /// <summary>So many callbacks are never sent, and count as not delivered.</summary>
    public int LostCallbacks { get; init; }

    /// <summary>What becomes of downlinks, as in the acknowledgement; null for nothing is told.</summary>
    public int? DownlinkCode { get; init; } = 0;

    /// <summary>Milliseconds between tries of a callback; at Sigfox 1, 2 and 4 minutes.</summary>
    public IReadOnlyList<int> RetriesMs { get; init; } = [];
}
