using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>What devices of one make share.</summary>
public sealed class ChirpStackDeviceProfiles
{
    private readonly ChirpStackCalls _calls;

    internal ChirpStackDeviceProfiles(ChirpStackCalls calls) => _calls = calls;

    private DeviceProfileService.DeviceProfileServiceClient Client => new(_calls.Invoker);

    /// <returns>The new profile's id.</returns>
    public async Task<string> CreateAsync(Protos.DeviceProfile profile, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.CreateAsync(new() { DeviceProfile = profile }, o), ct)).Id;

    public async Task<Protos.DeviceProfile> GetAsync(string id, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetAsync(new() { Id = id }, o), ct)).DeviceProfile;

    /// <summary>Replaces all of it. What of a profile that was read is unknown here goes back as it came.</summary>
    public Task UpdateAsync(Protos.DeviceProfile profile, CancellationToken ct) =>
        _calls.CallAsync(o => Client.UpdateAsync(new() { DeviceProfile = profile }, o), ct);

    /// <summary>Devices that use it go with it, so who calls this made sure that there are none.</summary>
    public Task DeleteAsync(string id, CancellationToken ct) => _calls.CallAsync(o => Client.DeleteAsync(new() { Id = id }, o), ct);

    public Task<List<DeviceProfileListItem>> ListAsync(string tenantId, CancellationToken ct) => ChirpStackPages.ReadAsync(
        (limit, offset, token) => _calls.CallAsync(o => Client.ListAsync(new() { Limit = limit, Offset = offset, TenantId = tenantId }, o), token),
        page => (page.TotalCount, page.Result), ct);

    public async Task<IReadOnlyList<AdrAlgorithmListItem>> ListAdrAlgorithmsAsync(CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.ListAdrAlgorithmsAsync(new(), o), ct)).Result;
}
