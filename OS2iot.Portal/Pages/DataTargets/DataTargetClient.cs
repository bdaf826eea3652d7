using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Connections;

namespace OS2iot.Portal.Pages.DataTargets;

/// <summary>Data targets as the Api has them.</summary>
internal sealed class DataTargetClient(HttpClient http)
{
    public Task<DataTarget> GetAsync(int id, CancellationToken ct) => http.ReadAsync<DataTarget>($"data-target/{id}", ct);

    /// <summary>All that a choice among an application's targets offers.</summary>
    public async Task<IReadOnlyList<DataTarget>> OfApplicationAsync(int applicationId, CancellationToken ct) =>
        (await http.ReadAsync<ListAnswer<DataTarget>>($"data-target?applicationId={applicationId}&limit=1000&offset=0&orderOn=name&sort=ASC", ct)).Data;

    public Task<ListAnswer<Connection>> ConnectionsAsync(int id, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Connection>>($"iot-device-payload-decoder-data-target-connection/byDataTarget/{id}", ct);

    public Task<Answer<DataTarget>> CreateAsync(DataTargetForm form, string type, int applicationId, CancellationToken ct) =>
        http.ChangeAsync<DataTarget>(HttpMethod.Post, "data-target", form.ToRequest(type, applicationId), ct);

    public Task<Answer<DataTarget>> UpdateAsync(DataTarget before, DataTargetForm form, CancellationToken ct) =>
        http.ChangeAsync<DataTarget>(HttpMethod.Put, $"data-target/{before.Id}", form.ToRequest(before.Type, before.Application?.Id ?? 0), ct);

    public Task<Answer<Affected>> DeleteAsync(int id, CancellationToken ct) =>
        http.ChangeAsync<Affected>(HttpMethod.Delete, $"data-target/{id}", null, ct);
}

internal sealed record DataTarget(int Id, string Name, string Type, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, Application? Application)
{
    /// <summary>The members of its type. Of a secret there is only NAMESet.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Settings { get; init; } = [];

    public string? Text(string setting) =>
        Settings.TryGetValue(setting, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value.ToString() : null;

    public bool IsSet(string secret) => Settings.TryGetValue(secret + "Set", out var value) && value.ValueKind == JsonValueKind.True;
}
