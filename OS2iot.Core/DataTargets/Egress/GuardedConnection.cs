using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace OS2iot.Core.DataTargets.Egress;

/// <summary>
/// Opens connections on a user's word. The address that is checked is the one that is connected to: a name is resolved once, so
/// an answer that changes in between gains nothing.
/// </summary>
public sealed class GuardedConnection
{
    /// <summary>The extended key usage of a server's certificate, RFC 5280 section 4.2.1.12.</summary>
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly AllowedDestinations _allowed;
    private readonly INameResolver _names;

    internal GuardedConnection(AllowedDestinations allowed, INameResolver names) => (_allowed, _names) = (allowed, names);

    /// <summary>
    /// A certificate is judged by what its server sent and what this machine trusts: fetching what it names would take us to an address
    /// that nobody checked, and a thread with it.
    /// </summary>
    public static X509ChainPolicy ChainPolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        ApplicationPolicy = { new System.Security.Cryptography.Oid(ServerAuthentication) },
    };

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var isPlain = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttp;
        return new NetworkStream(await ConnectAsync(host, port, isPlain, ct), ownsSocket: true);
    }

    /// <exception cref="EgressRefusedException">We don't connect there.</exception>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, bool isPlain, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _names.ResolveAsync(host, ct);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        var open = _allowed.Allows(host, port) ? addresses : Array.FindAll(addresses, a => _allowed.Allows(a) || (!isPlain && PublicAddress.Is(a)));
        if (open.Length == 0)
        {
            throw new EgressRefusedException(
                isPlain && Array.Exists(addresses, PublicAddress.Is)
                    ? EgressCheck.NotEncrypted
                    : "The address is internal or reserved; the operator has to allow the host.");
        }

        return await ConnectAsync(open, port, ct);
    }

    private static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), ct);
                return socket;
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}

/// <summary>The system's resolver, or a test's.</summary>
internal interface INameResolver
{
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct);
}

internal sealed class SystemNameResolver : INameResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct) => Dns.GetHostAddressesAsync(host, ct);
}

/// <summary>A user named an address that we do not connect to. The message is for the user.</summary>
public sealed class EgressRefusedException(string message) : Exception(message);
