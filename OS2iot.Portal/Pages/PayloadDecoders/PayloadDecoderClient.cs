using System.Text.Json;
using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Connections;

namespace OS2iot.Portal.Pages.PayloadDecoders;

/// <summary>Payload decoders as the Api has them.</summary>
internal sealed class PayloadDecoderClient(HttpClient http)
{
    public Task<ListAnswer<PayloadDecoder>> ListAsync(int organizationId, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<PayloadDecoder>>($"payload-decoder?organizationId={organizationId}&{list.ToQuery()}", ct);

    /// <summary>All that a choice offers.</summary>
    public async Task<IReadOnlyList<PayloadDecoder>> OfOrganizationAsync(int organizationId, CancellationToken ct) =>
        (await http.ReadAsync<ListAnswer<PayloadDecoder>>($"payload-decoder?organizationId={organizationId}&limit=1000&offset=0&orderOn=name&sort=ASC", ct)).Data;

    public Task<PayloadDecoder> GetAsync(int id, CancellationToken ct) => http.ReadAsync<PayloadDecoder>($"payload-decoder/{id}", ct);

    public Task<ListAnswer<Connection>> ConnectionsAsync(int id, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Connection>>($"iot-device-payload-decoder-data-target-connection/byPayloadDecoder/{id}", ct);

    public Task<Answer<PayloadDecoder>> CreateAsync(DecoderForm form, int organizationId, CancellationToken ct) =>
        http.ChangeAsync<PayloadDecoder>(HttpMethod.Post, "payload-decoder", ToRequest(form, organizationId), ct);

    public Task<Answer<PayloadDecoder>> UpdateAsync(PayloadDecoder before, DecoderForm form, CancellationToken ct) =>
        http.ChangeAsync<PayloadDecoder>(HttpMethod.Put, $"payload-decoder/{before.Id}", ToRequest(form, before.Organization?.Id ?? 0), ct);

    public Task<Answer<Affected>> DeleteAsync(int id, CancellationToken ct) =>
        http.ChangeAsync<Affected>(HttpMethod.Delete, $"payload-decoder/{id}", null, ct);

    // The script travels as JSON inside a text.
    private static object ToRequest(DecoderForm form, int organizationId) => new
    {
        name = form.Name ?? "",
        decodingFunction = JsonSerializer.Serialize((form.DecodingFunction ?? "").ReplaceLineEndings("\n")),
        organizationId,
    };
}

internal sealed record PayloadDecoder(
    int Id, string Name, string DecodingFunction, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, ApplicationOwner? Organization);
