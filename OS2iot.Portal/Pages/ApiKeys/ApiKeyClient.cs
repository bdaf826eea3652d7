using OS2iot.Portal.Api;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.ApiKeys;

/// <summary>API keys as the Api has them.</summary>
internal sealed class ApiKeyClient(HttpClient http)
{
    public Task<ListAnswer<ApiKey>> ListAsync(int organizationId, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<ApiKey>>($"api-key?organizationId={organizationId}&{list.ToQuery()}", ct);

    public Task<ApiKey> GetAsync(int id, CancellationToken ct) => http.ReadAsync<ApiKey>($"api-key/{id}", ct);

    public Task<Answer<ApiKey>> CreateAsync(ApiKeyForm form, CancellationToken ct) =>
        http.ChangeAsync<ApiKey>(HttpMethod.Post, "api-key", form.ToRequest(), ct);

    public Task<Answer<ApiKey>> UpdateAsync(int id, ApiKeyForm form, CancellationToken ct) =>
        http.ChangeAsync<ApiKey>(HttpMethod.Put, $"api-key/{id}", form.ToRequest(), ct);

    public Task<Answer<Applications.Affected>> DeleteAsync(int id, CancellationToken ct) =>
        http.ChangeAsync<Applications.Affected>(HttpMethod.Delete, $"api-key/{id}", null, ct);
}

/// <param name="Id">Its number.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Key">Its first characters; the whole of it only once, when it is made.</param>
/// <param name="ExpiresOn">Null: never.</param>
/// <param name="LastUsedAt">Null: never.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Permissions">Whose rights it has.</param>
internal sealed record ApiKey(
    int Id, string Name, string Key, DateTimeOffset? ExpiresOn, DateTimeOffset? LastUsedAt, DateTimeOffset CreatedAt, IReadOnlyList<NamedThing>? Permissions);
