using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>Groups of devices.</summary>
public sealed class ChirpStackApplications
{
    private readonly ChirpStackCalls _calls;

    internal ChirpStackApplications(ChirpStackCalls calls) => _calls = calls;

    private ApplicationService.ApplicationServiceClient Client => new(_calls.Invoker);

    /// <returns>The new application's id.</returns>
    public async Task<string> CreateAsync(Application application, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.CreateAsync(new() { Application = application }, o), ct)).Id;

    public async Task<Application> GetAsync(string id, CancellationToken ct) =>
        (await _calls.CallAsync(o => Client.GetAsync(new() { Id = id }, o), ct)).Application;

    /// <summary>Replaces all of it.</summary>
    public Task UpdateAsync(Application application, CancellationToken ct) =>
        _calls.CallAsync(o => Client.UpdateAsync(new() { Application = application }, o), ct);

    /// <summary>Its devices and multicast groups go with it.</summary>
    public Task DeleteAsync(string id, CancellationToken ct) => _calls.CallAsync(o => Client.DeleteAsync(new() { Id = id }, o), ct);

    public Task<List<ApplicationListItem>> ListAsync(string tenantId, CancellationToken ct) => ChirpStackPages.ReadAsync(
        (limit, offset, token) => _calls.CallAsync(o => Client.ListAsync(new() { Limit = limit, Offset = offset, TenantId = tenantId }, o), token),
        page => (page.TotalCount, page.Result), ct);
}
