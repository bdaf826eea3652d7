using OS2iot.Portal.Api;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Permissions;

/// <summary>User groups as the Api has them.</summary>
internal sealed class PermissionClient(HttpClient http)
{
    private const int MostToChoose = 1000;

    public Task<ListAnswer<Permission>> ListAsync(int? organizationId, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Permission>>($"permission?{(organizationId is null ? "" : $"organisationId={organizationId}&")}{list.ToQuery()}", ct);

    public async Task<IReadOnlyList<NamedThing>> ChoicesAsync(int organizationId, CancellationToken ct)
    {
        var groups = await http.ReadAsync<ListAnswer<Permission>>($"permission?organisationId={organizationId}&limit={MostToChoose}&offset=0&orderOn=name&sort=ASC", ct);
        return [.. groups.Data.Select(g => new NamedThing(g.Id, g.Name))];
    }

    /// <summary>The applications that a group of the organization can open.</summary>
    public async Task<IReadOnlyList<NamedThing>> ApplicationsAsync(int organizationId, CancellationToken ct) =>
        (await http.ReadAsync<ListAnswer<NamedThing>>($"application?organizationId={organizationId}&limit={MostToChoose}&offset=0&orderOn=name&sort=ASC", ct)).Data;

    public Task<Permission> GetAsync(int id, CancellationToken ct) => http.ReadAsync<Permission>($"permission/{id}", ct);

    public Task<Answer<Permission>> CreateAsync(PermissionForm form, int organizationId, CancellationToken ct) =>
        http.ChangeAsync<Permission>(HttpMethod.Post, "permission", form.ToNewRequest(organizationId), ct);

    public Task<Answer<Permission>> UpdateAsync(int id, PermissionForm form, CancellationToken ct) =>
        http.ChangeAsync<Permission>(HttpMethod.Put, $"permission/{id}", form.ToRequest(), ct);

    public Task<Answer<Applications.Affected>> DeleteAsync(int id, CancellationToken ct) =>
        http.ChangeAsync<Applications.Affected>(HttpMethod.Delete, $"permission/{id}", null, ct);
}

internal sealed record Permission(
    int Id,
    string Name,
    bool? AutomaticallyAddNewApplications,
    IReadOnlyList<int>? ApplicationIds,
    IReadOnlyList<Users.UserRight>? Type,
    NamedThing? Organization,
    IReadOnlyList<NamedThing>? Users,
    IReadOnlyList<NamedThing>? Applications,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The one group that belongs to no organization and that nobody changes here.</summary>
    public bool IsGlobal => Organization is null;
}
