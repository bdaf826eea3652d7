using System.Net.Sockets;

namespace OS2iot.Core.DataTargets.Egress;

/// <summary>Tells somebody who saves an address what sending would find out later. Only sending decides: names change.</summary>
public sealed class EgressCheck
{
    internal const string NotEncrypted =
        "Plain http and mqtt are not allowed to this host; use https or mqtts, or ask the operator to allow the host.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly AllowedDestinations _allowed;
    private readonly INameResolver _names;

    internal EgressCheck(AllowedDestinations allowed, INameResolver names) => (_allowed, _names) = (allowed, names);

    /// <summary>Why we would not connect to an address without encryption; null where nothing speaks against it.</summary>
    public async Task<string?> WhyNotAsync(Uri address, CancellationToken ct) =>
        address.Scheme is not ("http" or "mqtt") || await IsAllowedAsync(address.DnsSafeHost, address.Port, ct) ? null : NotEncrypted;

    private async Task<bool> IsAllowedAsync(string host, int port, CancellationToken ct)
    {
        if (_allowed.Allows(host, port))
        {
            return true;
        }

        if (!_allowed.HasNetworks)
        {
            return false;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var addresses = await _names.ResolveAsync(host, patience.Token);
            return Array.Exists(addresses, _allowed.Allows);
        }
        catch (Exception exception) when (exception is SocketException || !ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
