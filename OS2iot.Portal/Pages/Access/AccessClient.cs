using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.Access;

/// <summary>Asking to belong to organizations.</summary>
internal sealed class AccessClient(HttpClient http)
{
    public async Task<IReadOnlyList<OrganizationName>> ListAsync(CancellationToken ct) =>
        (await http.ReadAsync<ListAnswer<OrganizationName>>("kombitCreation/minimal", ct)).Data;

    /// <param name="email">Of a user who has none yet.</param>
    /// <param name="requestedOrganizationIds">Where to ask.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<Problem>> AskAsync(string? email, IReadOnlyList<int> requestedOrganizationIds, CancellationToken ct) =>
        email is null
            ? (await http.ChangeAsync<object>(HttpMethod.Put, "kombitCreation/updateUserOrgs", new { requestedOrganizationIds }, ct)).Problems
            : (await http.ChangeAsync<object>(HttpMethod.Put, "kombitCreation/createNewKombitUser", new { email, requestedOrganizationIds }, ct)).Problems;
}

internal sealed record OrganizationName(int Id, string Name);
