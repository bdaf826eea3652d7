using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>Sigfox as the Api has it.</summary>
internal sealed class SigfoxClient(HttpClient http)
{
    public async Task<IReadOnlyList<SigfoxGroup>> GroupsAsync(int organizationId, CancellationToken ct) =>
        (await http.ReadAsync<ListAnswer<SigfoxGroup>>($"sigfox-group?organizationId={organizationId}", ct)).Data;

    public Task<SigfoxGroup> GroupAsync(int id, CancellationToken ct) => http.ReadAsync<SigfoxGroup>($"sigfox-group/{id}", ct);

    public Task<Answer<SigfoxGroup>> SaveGroupAsync(int? id, int organizationId, SigfoxGroupForm form, CancellationToken ct) => id is null
        ? http.TellSigfoxAsync<SigfoxGroup>(HttpMethod.Post, "sigfox-group", new { organizationId, username = form.Username ?? "", password = form.Password ?? "" }, ct)
        : http.TellSigfoxAsync<SigfoxGroup>(HttpMethod.Put, $"sigfox-group/{id}", new { username = form.Username ?? "", password = form.Password ?? "" }, ct);

    public Task<SigfoxAnswer<SigfoxList<SigfoxType>>> TypesAsync(int groupId, CancellationToken ct) =>
        http.AskSigfoxAsync<SigfoxList<SigfoxType>>($"sigfox-device-type?groupId={groupId}", ct);

    public Task<SigfoxAnswer<SigfoxType>> TypeAsync(int groupId, string id, CancellationToken ct) =>
        http.AskSigfoxAsync<SigfoxType>($"sigfox-device-type/{Uri.EscapeDataString(id)}?groupId={groupId}", ct);

    public Task<Answer<SigfoxType>> SaveTypeAsync(int groupId, string? id, SigfoxTypeForm form, CancellationToken ct) => http.TellSigfoxAsync<SigfoxType>(
        id is null ? HttpMethod.Post : HttpMethod.Put,
        (id is null ? "sigfox-device-type" : $"sigfox-device-type/{Uri.EscapeDataString(id)}") + $"?groupId={groupId}",
        form.ToRequest(),
        ct);

    public Task<SigfoxAnswer<List<SigfoxContract>>> ContractsAsync(int groupId, CancellationToken ct) =>
        http.AskSigfoxAsync<List<SigfoxContract>>($"sigfox-contract?groupId={groupId}", ct);

    public Task<SigfoxAnswer<SigfoxList<SigfoxUnusedDevice>>> UnusedDevicesAsync(int groupId, CancellationToken ct) =>
        http.AskSigfoxAsync<SigfoxList<SigfoxUnusedDevice>>($"sigfox-api-device?groupId={groupId}", ct);

    public Task<List<SigfoxCallbacks>> CallbacksAsync(int groupId, CancellationToken ct) =>
        http.ReadAsync<List<SigfoxCallbacks>>($"sigfox-device-type/callbacks?groupId={groupId}", ct);

    public Task<Answer<object>> CheckCallbacksAsync(int groupId, string typeId, CancellationToken ct) =>
        http.TellSigfoxAsync<object>(HttpMethod.Post, $"sigfox-device-type/{Uri.EscapeDataString(typeId)}/callbacks/check?groupId={groupId}", null, ct);

    public async Task<IReadOnlyList<SigfoxJob>> JobsAsync(int groupId, CancellationToken ct) =>
        (await http.ReadAsync<ListAnswer<SigfoxJob>>($"sigfox-job?groupId={groupId}&limit=10", ct)).Data;

    public Task<SigfoxJob> JobAsync(int id, CancellationToken ct) => http.ReadAsync<SigfoxJob>($"sigfox-job/{id}", ct);

    public Task<ListAnswer<SigfoxJobDevice>> JobDevicesAsync(int id, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<SigfoxJobDevice>>($"sigfox-job/{id}/devices?{list.ToQuery()}", ct);

    public Task<Answer<SigfoxJob>> RestartDeviceAsync(int deviceId, CancellationToken ct) =>
        http.TellSigfoxAsync<SigfoxJob>(HttpMethod.Post, "sigfox-job/restart-devices", new { deviceIds = new[] { deviceId } }, ct);

    public Task<Answer<SigfoxJob>> RestartTypeAsync(int groupId, string deviceTypeId, CancellationToken ct) =>
        http.TellSigfoxAsync<SigfoxJob>(HttpMethod.Post, "sigfox-job/restart-device-type", new { groupId, deviceTypeId }, ct);

    public Task<Answer<Device>> ConnectAsync(int applicationId, int groupId, ConnectForm form, CancellationToken ct) => http.TellSigfoxAsync<Device>(
        HttpMethod.Post,
        "iot-device",
        new
        {
            name = form.Name ?? "",
            type = "SIGFOX",
            applicationId,
            sigfoxSettings = new { deviceId = form.SigfoxId ?? "", groupId, connectToExistingDeviceInBackend = true },
        },
        ct);

    public Task<Answer<SigfoxJob>> RegisterAsync(int applicationId, int groupId, RegisterForm form, CancellationToken ct) => http.TellSigfoxAsync<SigfoxJob>(
        HttpMethod.Post,
        "sigfox-job/register-devices",
        new { groupId, applicationId, deviceTypeId = form.DeviceTypeId ?? "", devices = form.ToRows() },
        ct);

    /// <summary>Everything else of the device stays as it is.</summary>
    public Task<Answer<Device>> MoveAsync(Device device, string? deviceTypeId, CancellationToken ct)
    {
        var request = DeviceForm.From(device).ToRequest(device.Id, device.Type, device.Application?.Id ?? 0);
        var settings = device.SigfoxSettings!;
        request["sigfoxSettings"] = new { deviceId = settings.DeviceId, groupId = settings.GroupId, connectToExistingDeviceInBackend = true, deviceTypeId };
        return http.TellSigfoxAsync<Device>(HttpMethod.Put, $"iot-device/{device.Id}", request, ct);
    }

    public Task<SigfoxDeviceState> DeviceAsync(int id, CancellationToken ct) => http.ReadAsync<SigfoxDeviceState>($"iot-device/{id}/sigfox", ct);
}

/// <summary>A login at Sigfox. What Sigfox has of the group is absent while it does not answer for it.</summary>
internal sealed record SigfoxGroup(int Id, string Username, string? SigfoxGroupId, JsonElement? SigfoxGroupData, SigfoxOrganization? BelongsTo)
{
    public string Name => SigfoxGroupData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
        ? name.GetString()!
        : Username;

    public bool IsKnownAtSigfox => SigfoxGroupData is { ValueKind: JsonValueKind.Object };
}

internal sealed record SigfoxOrganization(int Id, string Name);

internal sealed record SigfoxList<T>(IReadOnlyList<T> Data);

internal sealed record SigfoxType(string Id, string? Name, string? Description, SigfoxReference? Contract, int? KeepAlive, string? AlertEmail);

internal sealed record SigfoxReference(string? Id, string? Name);

internal sealed record SigfoxContract(string Id, string? Name);

internal sealed record SigfoxUnusedDevice(string Id, string? Name, SigfoxReference? DeviceType);

internal sealed record SigfoxCallbacks(
    string DeviceTypeId,
    string State,
    DateTimeOffset? CheckedAt,
    DateTimeOffset? GoodAt,
    string? Error,
    IReadOnlyList<SigfoxCallback> Callbacks,
    DateTimeOffset? UndeliveredReadAt,
    string? UndeliveredError,
    long Recovered,
    DateTimeOffset? LastRecoveredAt);

internal sealed record SigfoxCallback(string Kind, string State, string? Error);

internal sealed record SigfoxJob(
    int Id,
    string Kind,
    int GroupId,
    string? DeviceTypeId,
    string State,
    int Total,
    int Succeeded,
    int Failed,
    string? Message,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt)
{
    [JsonIgnore]
    public bool IsOpen => State is "waiting" or "running";
}

internal sealed record SigfoxJobDevice(int? DeviceId, string? Name, string SigfoxId, string State, string? Error);

/// <summary>Where a device is at Sigfox.</summary>
internal sealed record SigfoxSettings(string DeviceId, string? DeviceTypeId, string? DeviceTypeName, int GroupId);

internal sealed record SigfoxDeviceState(
    string Registration,
    string? RegistrationError,
    string? NextDeviceTypeId,
    DateTimeOffset? MissingSince,
    double? Battery,
    double? Temperature,
    DateTimeOffset? StatusAt,
    string? LinkQuality,
    int? Stations,
    SigfoxPlace? Location,
    SigfoxTrouble? Error,
    IReadOnlyList<SigfoxDay> Days,
    IReadOnlyList<SigfoxStation> BaseStations)
{
    public int Heard => Days.Sum(d => d.Heard);

    public int Lost => Days.Sum(d => d.Lost);

    public int Recovered => Days.Sum(d => d.Recovered);
}

internal sealed record SigfoxPlace(double Latitude, double Longitude, double? Radius, DateTimeOffset? At);

internal sealed record SigfoxTrouble(DateTimeOffset At, string? Severity, string? Text);

internal sealed record SigfoxDay(DateTimeOffset Day, int Heard, int Lost, int Recovered);

internal sealed record SigfoxStation(string Id, int Messages, double? Rssi, double? Snr, DateTimeOffset LastHeardAt);
