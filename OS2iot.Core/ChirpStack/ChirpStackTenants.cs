using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>Those whose gateways, profiles and applications they are.</summary>
public sealed class ChirpStackTenants
{
    private readonly ChirpStackCalls _calls;

    internal ChirpStackTenants(ChirpStackCalls calls) => _calls = calls;

    private TenantService.TenantServiceClient Client => new(_calls.Invoker);

    /// <returns>The new tenant's id.</returns>
    public async Task<string> CreateAsync(Tenant tenant, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.CreateAsync(new() { Tenant = tenant }, o), ct)).Id;

    public async Task<Tenant> GetAsync(string id, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetAsync(new() { Id = id }, o), ct)).Tenant;

    public Task<List<TenantListItem>> ListAsync(string search, CancellationToken ct) => ChirpStackPages.ReadAsync(
        (limit, offset, token) => _calls.CallAsync(o => Client.ListAsync(new() { Limit = limit, Offset = offset, Search = search }, o), token),
        page => (page.TotalCount, page.Result), ct);
}
