using OS2iot.Portal.Api;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Users;

/// <summary>Users as the Api has them.</summary>
internal sealed class UserClient(HttpClient http)
{
    private const int MostToChoose = 1000;

    public Task<ListAnswer<User>> ListAsync(ListState list, CancellationToken ct) => http.ReadAsync<ListAnswer<User>>($"user?{list.ToQuery()}", ct);

    /// <summary>All whom one may put into a group.</summary>
    public async Task<IReadOnlyList<NamedThing>> ChoicesAsync(CancellationToken ct)
    {
        var users = await http.ReadAsync<ListAnswer<User>>($"user?limit={MostToChoose}&offset=0&orderOn=name&sort=ASC", ct);
        return [.. users.Data.Select(u => new NamedThing(u.Id, u.Email is { Length: > 0 } email ? $"{u.Name} ({email})" : u.Name))];
    }

    public Task<User> GetAsync(int id, CancellationToken ct) => http.ReadAsync<User>($"user/{id}?extendedInfo=true", ct);

    public Task<Answer<User>> CreateAsync(UserForm form, CancellationToken ct) =>
        http.ChangeAsync<User>(HttpMethod.Post, "user", form.ToRequest(), ct);

    public Task<Answer<User>> UpdateAsync(int id, UserForm form, CancellationToken ct) =>
        http.ChangeAsync<User>(HttpMethod.Put, $"user/{id}", form.ToRequest(), ct);

    public Task<ListAnswer<AwaitingUser>> AwaitingAsync(int organizationId, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<AwaitingUser>>(
            FormattableString.Invariant($"user/awaitingUsers/{organizationId}?limit={list.PageSize}&offset={(list.Page - 1) * list.PageSize}"), ct);

    public Task<Answer<User>> AcceptAsync(int organizationId, int userId, IEnumerable<int> permissionIds, string? reason, CancellationToken ct) =>
        http.ChangeAsync<User>(HttpMethod.Put, "permission/acceptUser", new { organizationId, userId, permissionIds, reason }, ct);

    public Task<Answer<object>> RejectAsync(int organizationId, int userId, string? reason, CancellationToken ct) =>
        http.ChangeAsync<object>(HttpMethod.Put, "user/rejectUser", new { orgId = organizationId, userIdToReject = userId, reason }, ct);
}

internal sealed record User(
    int Id,
    string Name,
    string? Email,
    bool Active,
    DateTimeOffset? LastLogin,
    string? NameId,
    DateTimeOffset? ExpiresOn,
    DateTimeOffset CreatedAt,
    IReadOnlyList<UserGroup>? Permissions)
{
    /// <summary>Signs in through the municipality's identity provider, which knows the name and has no password here.</summary>
    public bool IsExternal => NameId is not null;

    public bool IsGlobalAdmin => Permissions?.Any(p => p.Type?.Any(t => t.Type == "GlobalAdmin") == true) == true;
}

internal sealed record UserGroup(int Id, string Name, IReadOnlyList<UserRight>? Type);

internal sealed record UserRight(string Type);

internal sealed record AwaitingUser(int Id, string Name, string? Email, DateTimeOffset CreatedAt);
