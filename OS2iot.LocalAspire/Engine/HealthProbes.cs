using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using OS2iot.AppHost.LocalProcess;

namespace Aspire.Hosting.Engine;

/// <summary>
/// One question to a running resource. The answer is nothing when all is well, or what is wrong. A question that leaves a trace
/// at the other side is asked only until it succeeded once.
/// </summary>
internal sealed record HealthProbe(
    string Name, Func<CancellationToken, Task<string?>> AskAsync, bool OnlyUntilFirstSuccess = false);

internal static class HealthProbes
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    public static IReadOnlyList<HealthProbe> Of(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var probes = resource.Annotations.OfType<HttpHealthCheckAnnotation>().Select(check => HttpProbe(resource, check)).ToList();
        if (resource is PostgresServerResource)
        {
            probes.Add(new HealthProbe($"{resource.Name}_check", ct => AskPostgresAsync(endpoints[0].AllocatedEndpoint!.Port, ct)));
        }
        else if (probes.Count == 0 && resource.Annotations.OfType<LocalProcessAnnotation>().Any())
        {
            probes.AddRange(endpoints.Where(e => e.Protocol == ProtocolType.Tcp).Select(e => new HealthProbe(
                $"{resource.Name}_{e.Name}_open", ct => ConnectAsync(e.AllocatedEndpoint!.Port, ct), OnlyUntilFirstSuccess: true)));
        }

        return probes;
    }

    private static HealthProbe HttpProbe(IResource resource, HttpHealthCheckAnnotation check)
    {
        var endpoint = resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e =>
                check.EndpointName is null ? e.UriScheme is "http" or "https" : e.Name == check.EndpointName)
            ?? throw new DistributedApplicationException($"{resource.Name} has a health check over HTTP but no endpoint for it.");
        var name = $"{resource.Name}_{endpoint.Name}_{check.Path}_{check.StatusCode}_check";
        return new HealthProbe(name, async ct =>
        {
            var url = new Uri(new Uri(endpoint.AllocatedEndpoint!.UriString), check.Path);
            using var answer = await Http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, ct);
            return (int)answer.StatusCode == check.StatusCode ? null : $"{url} answered {(int)answer.StatusCode}";
        });
    }

    private static async Task<string?> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return null;
    }

    /// <summary>
    /// Begins to log in and hears whether the server would go on: it asks for a password (<c>R</c>) when it serves, and answers
    /// with an error (<c>E</c>) while it starts, stops or recovers.
    /// </summary>
    private static async Task<string?> AskPostgresAsync(int port, CancellationToken cancellationToken)
    {
        const int ProtocolVersion3 = 3 << 16;
        const byte AuthenticationRequest = (byte)'R';
        var parameters = Encoding.ASCII.GetBytes("user\0postgres\0database\0postgres\0\0");
        var startup = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(startup, startup.Length);
        BinaryPrimitives.WriteInt32BigEndian(startup.AsSpan(4), ProtocolVersion3);
        parameters.CopyTo(startup, 8);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(startup, cancellationToken);
        var answer = new byte[1];
        return await stream.ReadAsync(answer, cancellationToken) == 1 && answer[0] == AuthenticationRequest
            ? null
            : "PostgreSQL does not accept connections yet";
    }
}
