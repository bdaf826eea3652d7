using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>Devices, their keys, their session, and what waits for them.</summary>
public sealed class ChirpStackDevices
{
    private readonly ChirpStackCalls _calls;

    internal ChirpStackDevices(ChirpStackCalls calls) => _calls = calls;

    private DeviceService.DeviceServiceClient Client => new(_calls.Invoker);

    public Task CreateAsync(Device device, CancellationToken ct) =>
        _calls.CallAsync(o => Client.CreateAsync(new() { Device = device }, o), ct);

    public Task<GetDeviceResponse> GetAsync(string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.GetAsync(new() { DevEui = devEui }, o), ct);

    /// <summary>Replaces all of it. Another application is a move, within one tenant.</summary>
    public Task UpdateAsync(Device device, CancellationToken ct) =>
        _calls.CallAsync(o => Client.UpdateAsync(new() { Device = device }, o), ct);

    public Task DeleteAsync(string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.DeleteAsync(new() { DevEui = devEui }, o), ct);

    public Task<List<DeviceListItem>> ListAsync(string applicationId, CancellationToken ct) => ChirpStackPages.ReadAsync(
        (limit, offset, token) =>
            _calls.CallAsync(o => Client.ListAsync(new() { Limit = limit, Offset = offset, ApplicationId = applicationId }, o), token),
        page => (page.TotalCount, page.Result), ct);

    /// <summary>The members of a multicast group.</summary>
    public Task<List<DeviceListItem>> ListOfMulticastGroupAsync(string groupId, CancellationToken ct) => ChirpStackPages.ReadAsync(
        (limit, offset, token) =>
            _calls.CallAsync(o => Client.ListAsync(new() { Limit = limit, Offset = offset, MulticastGroupId = groupId }, o), token),
        page => (page.TotalCount, page.Result), ct);

    public Task CreateKeysAsync(DeviceKeys keys, CancellationToken ct) =>
        _calls.CallAsync(o => Client.CreateKeysAsync(new() { DeviceKeys = keys }, o), ct);

    public async Task<DeviceKeys> GetKeysAsync(string devEui, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetKeysAsync(new() { DevEui = devEui }, o), ct)).DeviceKeys;

    public Task UpdateKeysAsync(DeviceKeys keys, CancellationToken ct) =>
        _calls.CallAsync(o => Client.UpdateKeysAsync(new() { DeviceKeys = keys }, o), ct);

    public Task DeleteKeysAsync(string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.DeleteKeysAsync(new() { DevEui = devEui }, o), ct);

    /// <summary>Lets a device join again whose counter of joins began anew.</summary>
    public Task FlushDevNoncesAsync(string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.FlushDevNoncesAsync(new() { DevEui = devEui }, o), ct);

    public Task ActivateAsync(DeviceActivation activation, CancellationToken ct) =>
        _calls.CallAsync(o => Client.ActivateAsync(new() { DeviceActivation = activation }, o), ct);

    public Task DeactivateAsync(string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.DeactivateAsync(new() { DevEui = devEui }, o), ct);

    /// <returns>Null where the device has no session.</returns>
    public async Task<DeviceActivation?> GetActivationAsync(string devEui, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetActivationAsync(new() { DevEui = devEui }, o), ct)).DeviceActivation;

    public async Task<string> GetRandomDevAddrAsync(string devEui, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetRandomDevAddrAsync(new() { DevEui = devEui }, o), ct)).DevAddr;

    public Task<GetDeviceLinkMetricsResponse> GetLinkMetricsAsync(GetDeviceLinkMetricsRequest request, CancellationToken ct) =>
        _calls.CallAsync(o => Client.GetLinkMetricsAsync(request, o), ct);

    /// <returns>The item's id, which the events about it carry.</returns>
    public async Task<string> EnqueueAsync(DeviceQueueItem item, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.EnqueueAsync(new() { QueueItem = item }, o), ct)).Id;

    public Task FlushQueueAsync(string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.FlushQueueAsync(new() { DevEui = devEui }, o), ct);

    public async Task<IReadOnlyList<DeviceQueueItem>> GetQueueAsync(string devEui, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetQueueAsync(new() { DevEui = devEui }, o), ct)).Result;

    public async Task<uint> GetNextFCntDownAsync(string devEui, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetNextFCntDownAsync(new() { DevEui = devEui }, o), ct)).FCntDown;
}
