using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>Devices that hear the same downlink.</summary>
public sealed class ChirpStackMulticastGroups
{
    private readonly ChirpStackCalls _calls;

    internal ChirpStackMulticastGroups(ChirpStackCalls calls) => _calls = calls;

    private MulticastGroupService.MulticastGroupServiceClient Client => new(_calls.Invoker);

    /// <returns>The new group's id.</returns>
    public async Task<string> CreateAsync(Protos.MulticastGroup group, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.CreateAsync(new() { MulticastGroup = group }, o), ct)).Id;

    public async Task<Protos.MulticastGroup> GetAsync(string id, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetAsync(new() { Id = id }, o), ct)).MulticastGroup;

    /// <summary>Replaces all of it, but not its devices.</summary>
    public Task UpdateAsync(Protos.MulticastGroup group, CancellationToken ct) =>
        _calls.CallAsync(o => Client.UpdateAsync(new() { MulticastGroup = group }, o), ct);

    public Task DeleteAsync(string id, CancellationToken ct) => _calls.CallAsync(o => Client.DeleteAsync(new() { Id = id }, o), ct);

    public Task<List<MulticastGroupListItem>> ListAsync(string applicationId, CancellationToken ct) => ChirpStackPages.ReadAsync(
        (limit, offset, token) =>
            _calls.CallAsync(o => Client.ListAsync(new() { Limit = limit, Offset = offset, ApplicationId = applicationId }, o), token),
        page => (page.TotalCount, page.Result), ct);

    /// <summary>The device has to be of the group's application.</summary>
    public Task AddDeviceAsync(string id, string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.AddDeviceAsync(new() { MulticastGroupId = id, DevEui = devEui }, o), ct);

    public Task RemoveDeviceAsync(string id, string devEui, CancellationToken ct) =>
        _calls.CallAsync(o => Client.RemoveDeviceAsync(new() { MulticastGroupId = id, DevEui = devEui }, o), ct);

    public Task AddGatewayAsync(string id, string gatewayId, CancellationToken ct) =>
        _calls.CallAsync(o => Client.AddGatewayAsync(new() { MulticastGroupId = id, GatewayId = gatewayId }, o), ct);

    public Task RemoveGatewayAsync(string id, string gatewayId, CancellationToken ct) =>
        _calls.CallAsync(o => Client.RemoveGatewayAsync(new() { MulticastGroupId = id, GatewayId = gatewayId }, o), ct);

    /// <returns>The frame counter that the message got.</returns>
    public async Task<uint> EnqueueAsync(MulticastGroupQueueItem item, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.EnqueueAsync(new() { QueueItem = item }, o), ct)).FCnt;

    public Task FlushQueueAsync(string id, CancellationToken ct) =>
        _calls.CallAsync(o => Client.FlushQueueAsync(new() { MulticastGroupId = id }, o), ct);

    public async Task<IReadOnlyList<MulticastGroupQueueItem>> ListQueueAsync(string id, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.ListQueueAsync(new() { MulticastGroupId = id }, o), ct)).Items;
}
