using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>
/// Gives each endpoint its port: the one it asks for, or a free one. A container's free port is kept for the next run,
/// so that tools outside (a database client) find it again.
/// </summary>
internal sealed class PortAllocator(StateFolder state)
{
    private const string Host = "localhost";
    private readonly HashSet<int> _given = [];
    private readonly string _keptPath = Path.Combine(state.FullPath, "ports.json");

    public void Allocate(IEnumerable<IResource> resources)
    {
        var endpoints = resources
            .Where(resource => resource.WhyNotHere() is null)
            .SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (resource, endpoint)))
            .ToList();
        _given.UnionWith(endpoints.Select(e => e.endpoint.Port).OfType<int>());

        var kept = ReadKept();
        foreach (var (resource, endpoint) in endpoints)
        {
            var port = endpoint.Port ?? (resource is ContainerResource ? KeptOrFree(kept, $"{resource.Name}/{endpoint.Name}") : Free());
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, Host, port);
        }

        File.WriteAllText(_keptPath, JsonSerializer.Serialize(kept));
    }

    public int Free()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (_given.Add(port))
            {
                return port;
            }
        }
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private int KeptOrFree(Dictionary<string, int> kept, string key)
    {
        if (!kept.TryGetValue(key, out var port) || !IsFree(port) || !_given.Add(port))
        {
            kept[key] = port = Free();
        }

        return port;
    }

    private Dictionary<string, int> ReadKept()
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(_keptPath)) ?? [];
        }
        catch (Exception exception) when (exception is FileNotFoundException or JsonException)
        {
            return [];
        }
    }
}
