using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>What the simulated ChirpStack remembers. Everybody who reads or changes it holds <see cref="Lock"/>.</summary>
internal sealed class ChirpStackNetwork(TimeProvider clock)
{
    /// <summary>Of each kind of thing.</summary>
    private const int MaxThings = 200_000;

    private const int MaxCalls = 20_000;

    private readonly Queue<string> _calls = new();
    private ChirpStackFaults _faults = new();

    public Lock Lock { get; } = new();

    /// <summary>Without one any is good.</summary>
    public string? ApiKey { get; set; }

    public string Version { get; set; } = "4.11.1";

    public Dictionary<string, PlayedTenant> Tenants { get; } = [];

    public Dictionary<string, PlayedApplication> Applications { get; } = [];

    public Dictionary<string, PlayedProfile> Profiles { get; } = [];

    public Dictionary<string, PlayedGateway> Gateways { get; } = [];

    public Dictionary<string, PlayedDevice> Devices { get; } = [];

    public Dictionary<string, PlayedGroup> Groups { get; } = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    public DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    public ChirpStackFaults Faults
    {
        get
        {
            lock (Lock)
            {
                return _faults;
            }
        }

        set
        {
            lock (Lock)
            {
                _faults = value;
            }
        }
    }

    /// <summary>Every call so far, as its path.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (Lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Notes a call, and says how it is to fail; null when it is not.</summary>
    public ChirpStackFaults? Count(string path)
    {
        lock (Lock)
        {
            _calls.Enqueue(path);
            if (_calls.Count > MaxCalls)
            {
                _calls.Dequeue();
            }

            if ((_faults.Code is null && _faults.DelayMs == 0) || !path.Contains(_faults.Only ?? "", StringComparison.Ordinal))
            {
                return null;
            }

            var now = _faults;
            if (now.Times is { } times)
            {
                _faults = times > 1 ? now with { Times = times - 1 } : new ChirpStackFaults();
            }

            return now;
        }
    }

    public static RpcException Missing(string id) => new(new Status(StatusCode.NotFound, $"Object does not exist (id: {id})"));

    public static RpcException Taken(string id) => new(new Status(StatusCode.AlreadyExists, $"Object already exists (id: {id})"));

    public static RpcException Invalid(string words) => new(new Status(StatusCode.InvalidArgument, words));

    public PlayedTenant Tenant(string id) => Tenants.GetValueOrDefault(Uuid(id)) ?? throw Missing(id);

    public PlayedApplication Application(string id) => Applications.GetValueOrDefault(Uuid(id)) ?? throw Missing(id);

    public PlayedProfile Profile(string id) => Profiles.GetValueOrDefault(Uuid(id)) ?? throw Missing(id);

    public PlayedGateway Gateway(string id) => Gateways.GetValueOrDefault(Eui(id)) ?? throw Missing(id);

    public PlayedDevice Device(string devEui) => Devices.GetValueOrDefault(Eui(devEui)) ?? throw Missing(devEui);

    public PlayedGroup Group(string id) => Groups.GetValueOrDefault(Uuid(id)) ?? throw Missing(id);

    public void RemoveDevice(string devEui)
    {
        Devices.Remove(devEui);
        foreach (var group in Groups.Values)
        {
            group.DevEuis.Remove(devEui);
        }
    }

    /// <summary>As it stands in the memory of the network: text of a UUID.</summary>
    public static string Uuid(string id) =>
        Guid.TryParse(id, out var uuid) ? uuid.ToString() : throw Invalid("invalid length: expected a simple or hyphenated UUID");

    public static string Eui(string text) => Hex(text, 16);

    /// <summary>A wrong one is no mistake of the caller's to ChirpStack, but a failure of its own.</summary>
    public static string Hex(string text, int digits) => text.Length == digits && text.All(char.IsAsciiHexDigit)
        ? text.ToLowerInvariant()
        : throw new RpcException(new Status(StatusCode.Internal, text.Length == digits ? "Invalid character in hex string" : "Invalid string length"));

    /// <summary>As <see cref="Hex"/>; nothing at all is zeros.</summary>
    public static string HexOrZeros(string text, int digits) => text.Length == 0 ? new string('0', digits) : Hex(text, digits);

    public static void Named(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw Invalid("Validation error: name is not set");
        }
    }

    /// <summary>One page, and none of it where nothing was asked for.</summary>
    public static IEnumerable<T> Page<T>(IReadOnlyCollection<T> things, uint limit, uint offset) => things.Skip((int)offset).Take((int)limit);

    public static void Fits<T>(Dictionary<string, T> things)
    {
        if (things.Count >= MaxThings)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "Max. number of objects exceeded"));
        }
    }

    public static Timestamp? Stamp(DateTimeOffset? time) => time is { } at ? Timestamp.FromDateTimeOffset(at) : null;

    public static Timestamp StampOf(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);
}
