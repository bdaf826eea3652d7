using OS2iot.Api.Http;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Devices;

/// <summary>What the devices of one network need beyond what all devices have. Its subclass stands in the network's folder.</summary>
internal abstract class DeviceNetwork
{
    public abstract DeviceType Type { get; }

    /// <summary>
    /// Called once before <see cref="CreateAsync"/> or <see cref="UpdateAsync"/> is for each of many requests: what they would ask the
    /// database one by one can be asked here in one go.
    /// </summary>
    public virtual Task PrepareAsync(IReadOnlyList<DeviceRequest> requests, CancellationToken ct) => Task.CompletedTask;

    /// <summary>A new device with the network's own columns set.</summary>
    /// <exception cref="Refusal">The network's settings are missing or wrong.</exception>
    public abstract Task<Device> CreateAsync(DeviceRequest request, CancellationToken ct);

    /// <summary>Changes the network's own columns of a device.</summary>
    public virtual Task UpdateAsync(Device device, DeviceRequest request, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Shows the network's own columns under their names on the wire.</summary>
    public abstract void Write(Device device, IDictionary<string, object?> columns, bool showSecrets);

    /// <summary>Shows what a request says as <see cref="DeviceSettings"/>, under that name. Nothing where there is no such thing.</summary>
    public virtual void WriteSettings(Device device, IDictionary<string, object?> members, bool showSecrets)
    {
    }

    /// <summary>
    /// Fills the columns of a file with one line per device, which are named in <see cref="ExportDevices"/>; others are passed over.
    /// Never with a secret.
    /// </summary>
    public virtual void Export(Device device, IDictionary<string, object?> columns) => Write(device, columns, showSecrets: false);
}

/// <summary>The networks whose devices this installation knows.</summary>
internal sealed class DeviceNetworks(IEnumerable<DeviceNetwork> networks)
{
    private readonly Dictionary<DeviceType, DeviceNetwork> _networks = networks.ToDictionary(n => n.Type);

    /// <exception cref="Refusal">There is no such network here.</exception>
    public DeviceNetwork Of(DeviceType type) => _networks.TryGetValue(type, out var network)
        ? network
        : throw Refusal.Device($"Devices of type {type.ToWire()} are not supported by this installation.");

    /// <summary>Lets each network of many requests prepare for them.</summary>
    public async Task PrepareAsync(IEnumerable<DeviceRequest> requests, CancellationToken ct)
    {
        foreach (var ofType in requests.GroupBy(r => r.Type))
        {
            if (_networks.TryGetValue(DeviceTypes.Parse(ofType.Key), out var network))
            {
                await network.PrepareAsync([.. ofType], ct);
            }
        }
    }

    public Dictionary<string, object?> Columns(Device device, bool showSecrets)
    {
        var columns = new Dictionary<string, object?>();
        _networks.GetValueOrDefault(device.Type)?.Write(device, columns, showSecrets);
        return columns;
    }

    /// <summary>The columns, and the network's settings below them.</summary>
    public Dictionary<string, object?> Details(Device device, bool showSecrets)
    {
        var members = Columns(device, showSecrets);
        Of(device.Type).WriteSettings(device, members, showSecrets);
        return members;
    }

    public DeviceCore WithoutSecrets(Device device) => new(device, Columns(device, showSecrets: false));
}
