using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>
/// Calls ChirpStack's API, version 4. Every call has a deadline and may end in a <see cref="ChirpStackException"/>. What did not get
/// through is tried again a moment later; what was refused is not.
/// </summary>
public sealed class ChirpStackClient
{
    /// <summary>After this it may have been replaced by a newer one.</summary>
    private static readonly TimeSpan VersionLasts = TimeSpan.FromMinutes(10);

    private readonly ChirpStackCalls _calls;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private Version? _version;
    private long _versionAskedAt;

    internal ChirpStackClient(ChirpStackCalls calls, TimeProvider clock)
    {
        (_calls, _clock) = (calls, clock);
        Tenants = new ChirpStackTenants(calls);
        Applications = new ChirpStackApplications(calls);
        Gateways = new ChirpStackGateways(calls);
        DeviceProfiles = new ChirpStackDeviceProfiles(calls);
        Devices = new ChirpStackDevices(calls);
        MulticastGroups = new ChirpStackMulticastGroups(calls);
    }

    /// <summary>Somebody said where ChirpStack is.</summary>
    public bool IsConfigured => _calls.IsConfigured;

    public ChirpStackTenants Tenants { get; }

    public ChirpStackApplications Applications { get; }

    public ChirpStackGateways Gateways { get; }

    public ChirpStackDeviceProfiles DeviceProfiles { get; }

    public ChirpStackDevices Devices { get; }

    public ChirpStackMulticastGroups MulticastGroups { get; }

    /// <summary>Which version it is. Asked now and then; the first versions can't tell, and count as 4.0.</summary>
    /// <exception cref="ChirpStackException">It did not say.</exception>
    public async Task<Version> GetVersionAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_version is { } known && _clock.GetElapsedTime(_versionAskedAt) < VersionLasts)
            {
                return known;
            }
        }

        var version = await AskVersionAsync(ct);
        lock (_lock)
        {
            _versionAskedAt = _clock.GetTimestamp();
            return _version = version;
        }
    }

    private async Task<Version> AskVersionAsync(CancellationToken ct)
    {
        try
        {
            var answer = await _calls.CallAsync(
                o => new InternalService.InternalServiceClient(_calls.Invoker).GetVersionAsync(new(), o), ct);
            return Parse(answer.Version);
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.Unsupported)
        {
            return new Version(4, 0);
        }
    }

    /// <summary>Such as 4.11.1 or v4.13.0-test.1.</summary>
    private static Version Parse(string text)
    {
        var numbers = new string([.. text.TrimStart('v').TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]).TrimEnd('.');
        return Version.TryParse(numbers, out var version) ? version : new Version(4, 0);
    }
}
