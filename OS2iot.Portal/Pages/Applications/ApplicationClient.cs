using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.DataTargets;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Portal.Pages.Applications;

/// <summary>Applications as the Api has them.</summary>
internal sealed class ApplicationClient(HttpClient http)
{
    public Task<ListAnswer<Application>> ListAsync(int organizationId, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Application>>($"application?organizationId={organizationId}&{list.ToQuery()}", ct);

    public Task<Application> GetAsync(int id, CancellationToken ct) => http.ReadAsync<Application>($"application/{id}", ct);

    public Task<ListAnswer<Device>> DevicesAsync(int id, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Device>>($"application/{id}/iot-devices?{list.ToQuery()}", ct);

    public Task<ListAnswer<DataTarget>> DataTargetsAsync(int id, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<DataTarget>>($"data-target?applicationId={id}&{list.ToQuery()}", ct);

    public Task<Answer<Application>> CreateAsync(ApplicationForm form, int organizationId, CancellationToken ct) =>
        http.ChangeAsync<Application>(HttpMethod.Post, "application", form.ToRequest(organizationId, hidden: []), ct);

    /// <param name="before">What is changed: its user groups that the form does not show stay.</param>
    /// <param name="form">What the user filled in.</param>
    /// <param name="shown">The user groups that the form shows.</param>
    /// <param name="ct">Gives up.</param>
    public Task<Answer<Application>> UpdateAsync(Application before, ApplicationForm form, IEnumerable<int> shown, CancellationToken ct) =>
        http.ChangeAsync<Application>(
            HttpMethod.Put, $"application/{before.Id}", form.ToRequest(before.BelongsTo?.Id ?? 0, (before.PermissionIds ?? []).Except(shown)), ct);

    public Task<Answer<Affected>> DeleteAsync(int id, CancellationToken ct) =>
        http.ChangeAsync<Affected>(HttpMethod.Delete, $"application/{id}", null, ct);
}

internal sealed record Affected([property: System.Text.Json.Serialization.JsonPropertyName("affected")] int? Count);

internal sealed record Application(
    int Id,
    string Name,
    string? Description,
    string? Status,
    string? Category,
    string? Owner,
    string? ContactPerson,
    string? ContactEmail,
    string? ContactPhone,
    bool? PersonalData,
    string? Hardware,
    DateTimeOffset? StartDate,
    DateTimeOffset? EndDate,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<int>? PermissionIds,
    IReadOnlyList<Device>? IotDevices,
    IReadOnlyList<DataTarget>? DataTargets,
    ApplicationOwner? BelongsTo);

internal sealed record ApplicationOwner(int Id, string Name);
