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

    public Task<ListAnswer<DecoderVersion>> VersionsAsync(int id, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<DecoderVersion>>(FormattableString.Invariant(
            $"payload-decoder/{id}/versions?limit={list.PageSize}&offset={(list.Page - 1) * list.PageSize}&orderOn=version&sort=DESC"), ct);

    public Task<DecoderVersion> VersionAsync(int id, int version, CancellationToken ct) =>
        http.ReadAsync<DecoderVersion>($"payload-decoder/{id}/versions/{version}", ct);

    public Task<Answer<PayloadDecoder>> RestoreAsync(int id, int version, CancellationToken ct) =>
        http.ChangeAsync<PayloadDecoder>(HttpMethod.Post, $"payload-decoder/{id}/versions/{version}/restore", null, ct);

    /// <summary>Runs a script that is not saved, as the pipeline would.</summary>
    public async Task<TrialResult> TestAsync(Trial trial, CancellationToken ct)
    {
        var answer = await http.ChangeAsync<object>(HttpMethod.Post, "test-payload-decoder", new
        {
            code = JsonSerializer.Serialize(trial.Code),
            iotDeviceJsonString = trial.Metadata,
            rawPayloadJsonString = trial.Payload,
        }, ct);
        return answer.Succeeded
            ? new TrialResult(Devices.Message.Pretty(answer.Value is JsonElement output ? output : default), null)
            : new TrialResult(null, string.Join('\n', answer.Problems.Select(p => p.Message)));
    }

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
