using System.Text.Json;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.AuditLog;

internal sealed class AuditLogClient(HttpClient http)
{
    public Task<ListAnswer<AuditEntry>> ListAsync(AuditFilter filter, ListState list, CancellationToken ct)
    {
        var offset = Math.Min((list.Page - 1) * list.PageSize, AuditFilter.MaxOffset);
        return http.ReadAsync<ListAnswer<AuditEntry>>(
            FormattableString.Invariant($"audit-log?limit={list.PageSize}&offset={offset}&sort={(list.Descending ? "ASC" : "DESC")}{filter.ToQuery(list.Filter)}"), ct);
    }

    /// <summary>The lines as a file, as it comes; disposing of it ends the call.</summary>
    public async Task<Stream> CsvAsync(AuditFilter filter, ListState list, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "audit-log/csv?sort=DESC" + filter.ToQuery(list.Filter));
        var response = await http.TryAsync(request, ct, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode)
        {
            response.Dispose();
            throw response.StatusCode == System.Net.HttpStatusCode.Forbidden ? new ForbiddenException() : new ApiAwayException("The Api gave no file.");
        }

        return await response.Content.ReadAsStreamAsync(ct);
    }
}

internal sealed record AuditEntry(
    long Id,
    DateTimeOffset Timestamp,
    int? UserId,
    string? UserName,
    string? Address,
    string Action,
    string Type,
    string? EntityId,
    string? Name,
    JsonElement? Before,
    JsonElement? After,
    bool Succeeded,
    string? Reason);
