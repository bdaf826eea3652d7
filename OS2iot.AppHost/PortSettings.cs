using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace OS2iot.AppHost;

/// <summary>
/// The ports people and devices know: <c>Ports:NAME</c> or the default; 0 stands for any free one. A port that is taken is said before
/// anything starts, with the setting that changes it.
/// </summary>
internal sealed class PortSettings(IDistributedApplicationBuilder builder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly List<(int Port, string Setting, string Resource)> _fixed = [];

    /// <summary>Nothing stands for any free port.</summary>
    public int? Of(string name, int? defaultPort = null, string? resource = null)
    {
        var setting = $"Ports:{char.ToUpperInvariant(name[0])}{name[1..]}";
        var port = builder.Configuration.GetValue<int?>(setting) ?? defaultPort;
        if (port is null or 0)
        {
            return null;
        }

        _fixed.Add((port.Value, setting, resource ?? name));
        return port;
    }

    public void CheckBeforeStart() => builder.Eventing.Subscribe<BeforeStartEvent>((_, ct) => CheckAsync(ct));

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        // A run that has just ended may hold its ports for a moment.
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (_fixed.Any(setting => !IsFree(setting.Port)) && DateTimeOffset.UtcNow < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
        }

        var taken = _fixed.Where(setting => !IsFree(setting.Port)).ToList();
        if (taken.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, taken.Select(setting =>
                $"Port {setting.Port} for {setting.Resource} is in use by another program. Free it, or choose another port: " +
                $"{setting.Setting} (as a variable {setting.Setting.Replace(":", "__", StringComparison.Ordinal)}).")));
        }
    }

    private static bool IsFree(int port)
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
}
