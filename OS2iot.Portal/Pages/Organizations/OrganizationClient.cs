using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Organizations;

/// <summary>Organizations as the Api has them.</summary>
internal sealed class OrganizationClient(HttpClient http)
{
    public Task<ListAnswer<Organization>> ListAsync(ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Organization>>($"organization?{list.ToQuery()}", ct);

    public Task<Organization> GetAsync(int id, CancellationToken ct) => http.ReadAsync<Organization>($"organization/{id}", ct);

    public Task<Answer<Organization>> CreateAsync(OrganizationForm form, CancellationToken ct) =>
        http.ChangeAsync<Organization>(HttpMethod.Post, "organization", new { name = form.Name ?? "" }, ct);

    public Task<Answer<Organization>> UpdateAsync(int id, OrganizationForm form, CancellationToken ct) =>
        http.ChangeAsync<Organization>(HttpMethod.Put, $"organization/{id}", new { name = form.Name ?? "" }, ct);
}

internal sealed record Organization(int Id, string Name, DateTimeOffset CreatedAt, IReadOnlyList<Application>? Applications);
