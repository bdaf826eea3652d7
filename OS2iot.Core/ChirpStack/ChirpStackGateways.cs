using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>Radio stations.</summary>
public sealed class ChirpStackGateways
{
    private readonly ChirpStackCalls _calls;

    internal ChirpStackGateways(ChirpStackCalls calls) => _calls = calls;

    private GatewayService.GatewayServiceClient Client => new(_calls.Invoker);

    public Task CreateAsync(Gateway gateway, CancellationToken ct) =>
        _calls.CallAsync(o => Client.CreateAsync(new() { Gateway = gateway }, o), ct);

    public Task<GetGatewayResponse> GetAsync(string gatewayId, CancellationToken ct) =>
        _calls.CallAsync(o => Client.GetAsync(new() { GatewayId = gatewayId }, o), ct);

    /// <summary>Replaces all of it.</summary>
    public Task UpdateAsync(Gateway gateway, CancellationToken ct) =>
        _calls.CallAsync(o => Client.UpdateAsync(new() { Gateway = gateway }, o), ct);

    public Task DeleteAsync(string gatewayId, CancellationToken ct) =>
        _calls.CallAsync(o => Client.DeleteAsync(new() { GatewayId = gatewayId }, o), ct);

    public Task<List<GatewayListItem>> ListAsync(string tenantId, CancellationToken ct) => ChirpStackPages.ReadAsync(
        (limit, offset, token) => _calls.CallAsync(o => Client.ListAsync(new() { Limit = limit, Offset = offset, TenantId = tenantId }, o), token),
        page => (page.TotalCount, page.Result), ct);

    public Task<GetGatewayMetricsResponse> GetMetricsAsync(GetGatewayMetricsRequest request, CancellationToken ct) =>
        _calls.CallAsync(o => Client.GetMetricsAsync(request, o), ct);
}
