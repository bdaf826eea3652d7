using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// Calls version 2 of Sigfox's REST API. Every call may end in a <see cref="SigfoxException"/>. Nothing is tried twice: who asks is
/// told, and asks again; while Sigfox wants a pause nothing is sent.
/// </summary>
public sealed class SigfoxClient
{
    /// <summary>Of 100 each: Sigfox hands out no larger ones.</summary>
    private const int MaxPages = 1_000;

    private const string DeviceFields = "productCertificate(key),contract(name),group(name),deviceType(name)";

    /// <summary>Sigfox takes one change an hour of each device.</summary>
    private static readonly TimeSpan BetweenChangesOfADevice = TimeSpan.FromHours(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http;
    private readonly SigfoxLimiter _limiter;
    private readonly TimeProvider _clock;

    internal SigfoxClient(HttpClient http, SigfoxLimiter limiter, TimeProvider clock) => (_http, _limiter, _clock) = (http, limiter, clock);

    /// <summary>The groups of the login; as a rule one.</summary>
    public Task<List<JsonElement>> ListGroupsAsync(SigfoxLogin login, CancellationToken ct) => ListAsync("groups", login, ct);

    public Task<List<JsonElement>> ListContractsAsync(SigfoxLogin login, CancellationToken ct) => ListAsync("contract-infos", login, ct);

    public Task<List<JsonElement>> ListDeviceTypesAsync(SigfoxLogin login, string groupId, CancellationToken ct) =>
        ListAsync($"device-types?groupIds={Uri.EscapeDataString(groupId)}", login, ct);

    public Task<List<JsonElement>> ListDevicesAsync(SigfoxLogin login, string groupId, CancellationToken ct) =>
        ListAsync($"devices?groupIds={Uri.EscapeDataString(groupId)}&fields={Uri.EscapeDataString(DeviceFields)}", login, ct);

    /// <returns>Null where there is none, or none for this login.</returns>
    public Task<JsonElement?> FindDeviceTypeAsync(SigfoxLogin login, string id, CancellationToken ct) =>
        FindAsync($"device-types/{Uri.EscapeDataString(id)}", login, ct);

    /// <returns>The new type's id.</returns>
    public async Task<string> CreateDeviceTypeAsync(
        SigfoxLogin login, string groupId, SigfoxDeviceTypeSettings settings, CancellationToken ct)
    {
        var body = new DeviceTypeBody(settings) { GroupId = groupId };
        return (await SendAsync(HttpMethod.Post, "device-types", login, body, ct)).Text("id") ?? throw Unexpected();
    }

    public Task<JsonElement> UpdateDeviceTypeAsync(SigfoxLogin login, string id, SigfoxDeviceTypeSettings settings, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"device-types/{Uri.EscapeDataString(id)}", login, new DeviceTypeBody(settings), ct);

    /// <returns>Null where there is none, or none for this login.</returns>
    public async Task<SigfoxRegisteredDevice?> FindDeviceAsync(SigfoxLogin login, string id, CancellationToken ct) =>
        await FindAsync($"devices/{Uri.EscapeDataString(id)}", login, ct) is { } found ? SigfoxRegisteredDevice.From(found) : null;

    public Task CreateDeviceAsync(SigfoxLogin login, SigfoxNewDevice device, CancellationToken ct) => SendAsync(
        HttpMethod.Post,
        "devices",
        login,
        new
        {
            device.Id,
            device.Name,
            device.Pac,
            device.DeviceTypeId,
            Activable = true,
            AutomaticRenewal = true,
            Lat = device.Latitude,
            Lng = device.Longitude,
            Prototype = device.ProductCertificate is null,
            ProductCertificate = device.ProductCertificate is null ? null : new { Key = device.ProductCertificate },
        },
        ct);

    /// <summary>Sigfox allows this once an hour for each device, so only what differs is worth a call.</summary>
    public Task UpdateDeviceAsync(SigfoxLogin login, SigfoxRegisteredDevice device, CancellationToken ct) => SendAsync(
        HttpMethod.Put,
        $"devices/{Uri.EscapeDataString(device.Id)}",
        login,
        new { device.Name, Activable = true, device.AutomaticRenewal, Lat = device.Latitude, Lng = device.Longitude },
        ct);

    /// <summary>Gives a device back at a time; it sends no more from then on.</summary>
    public Task UnsubscribeDeviceAsync(SigfoxLogin login, string id, DateTimeOffset at, CancellationToken ct) => SendAsync(
        HttpMethod.Put, $"devices/{Uri.EscapeDataString(id)}/unsubscribe", login, new { UnsubscriptionTime = at.ToUnixTimeMilliseconds() }, ct);

    public Task DeleteDeviceAsync(SigfoxLogin login, string id, CancellationToken ct) =>
        SendAsync(HttpMethod.Delete, $"devices/{Uri.EscapeDataString(id)}", login, null, ct);

    /// <summary>Lets devices have another device type. Done when <see cref="FindTransferAsync"/> says so.</summary>
    /// <returns>The id of Sigfox's job.</returns>
    public Task<string> TransferDevicesAsync(SigfoxLogin login, string deviceTypeId, IEnumerable<string> deviceIds, CancellationToken ct) => StartJobAsync(
        "devices/bulk/transfer",
        login,
        new { DeviceTypeId = deviceTypeId, Data = deviceIds.Select(id => new { Id = id, KeepHistory = true, Activable = true }) },
        ct);

    /// <returns>Null where there is no such job.</returns>
    public Task<SigfoxBulkStatus?> FindTransferAsync(SigfoxLogin login, string jobId, CancellationToken ct) => FindJobAsync("devices/bulk", login, jobId, ct);

    /// <returns>The id of Sigfox's job.</returns>
    public Task<string> RestartDevicesAsync(SigfoxLogin login, string groupId, IEnumerable<string> deviceIds, CancellationToken ct) => StartJobAsync(
        $"devices/bulk/restart?groupId={Uri.EscapeDataString(groupId)}", login, new { Data = deviceIds }, ct);

    /// <returns>Null where there is no such job.</returns>
    public Task<SigfoxBulkStatus?> FindDevicesRestartAsync(SigfoxLogin login, string jobId, CancellationToken ct) =>
        FindJobAsync("devices/bulk/restart", login, jobId, ct);

    /// <summary>Restarts all devices of a type.</summary>
    /// <returns>The id of Sigfox's job.</returns>
    public Task<string> RestartDeviceTypeAsync(SigfoxLogin login, string deviceTypeId, CancellationToken ct) =>
        StartJobAsync($"device-types/{Uri.EscapeDataString(deviceTypeId)}/bulk/restart", login, null, ct);

    /// <returns>Null where there is no such job.</returns>
    public Task<SigfoxBulkStatus?> FindDeviceTypeRestartAsync(SigfoxLogin login, string jobId, CancellationToken ct) =>
        FindJobAsync("device-types/bulk/restart", login, jobId, ct);

    /// <summary>All callbacks of a device type, ours and others'.</summary>
    public async Task<List<SigfoxCallbackAtSigfox>> ListCallbacksAsync(SigfoxLogin login, string deviceTypeId, CancellationToken ct) =>
        [.. (await ListAsync(CallbacksOf(deviceTypeId), login, ct)).Select(SigfoxCallbackAtSigfox.From)];

    /// <returns>The new callback's id.</returns>
    public async Task<string> CreateCallbackAsync(SigfoxLogin login, string deviceTypeId, SigfoxCallbackSettings settings, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Post, CallbacksOf(deviceTypeId), login, settings, ct)).Text("id") ?? throw Unexpected();

    public Task UpdateCallbackAsync(SigfoxLogin login, string deviceTypeId, string id, SigfoxCallbackSettings settings, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, CallbackOf(deviceTypeId, id), login, settings, ct);

    public Task DeleteCallbackAsync(SigfoxLogin login, string deviceTypeId, string id, CancellationToken ct) =>
        SendAsync(HttpMethod.Delete, CallbackOf(deviceTypeId, id), login, null, ct);

    /// <summary>Lets devices of the type get their downlinks from the answer to this callback, and from no other.</summary>
    public Task SelectForDownlinkAsync(SigfoxLogin login, string deviceTypeId, string id, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"{CallbackOf(deviceTypeId, id)}/downlink", login, new { }, ct);

    /// <summary>What Sigfox could not deliver of a device type, in no order that is to be relied upon.</summary>
    public async Task<List<SigfoxUndelivered>> ListUndeliveredAsync(
        SigfoxLogin login, string deviceTypeId, DateTimeOffset since, DateTimeOffset before, CancellationToken ct)
    {
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"device-types/{Uri.EscapeDataString(deviceTypeId)}/callbacks-not-delivered?since={since.ToUnixTimeMilliseconds()}&before={before.ToUnixTimeMilliseconds()}&limit=100");
        return [.. (await ListAsync(address, login, ct)).Select(SigfoxUndelivered.From)];
    }

    private static string CallbacksOf(string deviceTypeId) => $"device-types/{Uri.EscapeDataString(deviceTypeId)}/callbacks";

    private static string CallbackOf(string deviceTypeId, string id) => $"{CallbacksOf(deviceTypeId)}/{Uri.EscapeDataString(id)}";

    private async Task<string> StartJobAsync(string address, SigfoxLogin login, object? body, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Post, address, login, body, ct)).Text("jobId") ?? throw Unexpected();

    private async Task<SigfoxBulkStatus?> FindJobAsync(string address, SigfoxLogin login, string jobId, CancellationToken ct) =>
        await FindAsync($"{address}/{Uri.EscapeDataString(jobId)}", login, ct) is { } found ? SigfoxBulkStatus.From(found) : null;

    private async Task<List<JsonElement>> ListAsync(string address, SigfoxLogin login, CancellationToken ct)
    {
        var items = new List<JsonElement>();
        var next = address;
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await SendAsync(HttpMethod.Get, next, login, null, ct);
            if (answer.Member("data") is not { ValueKind: JsonValueKind.Array } data)
            {
                throw Unexpected();
            }

            items.AddRange(data.EnumerateArray());
            if (answer.Member("paging")?.Text("next") is not { Length: > 0 } more)
            {
                return items;
            }

            // Of the address that Sigfox names only the query is used: the login goes nowhere else.
            next = address.Split('?')[0] + QueryOf(more);
        }

        throw new SigfoxException(SigfoxFailure.Unexpected, "SigFox's list has no end.");
    }

    private string QueryOf(string address) => Uri.TryCreate(_http.BaseAddress!, address, out var uri) ? uri.Query : throw Unexpected();

    private async Task<JsonElement?> FindAsync(string address, SigfoxLogin login, CancellationToken ct)
    {
        try
        {
            var found = await SendAsync(HttpMethod.Get, address, login, null, ct);
            return found.ValueKind == JsonValueKind.Object ? found : throw Unexpected();
        }
        catch (SigfoxException exception) when (exception.Failure == SigfoxFailure.NotFound)
        {
            return null;
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string address, SigfoxLogin login, object? body, CancellationToken ct)
    {
        var scope = ScopeOf(method, address);
        await _limiter.WaitAsync(login, scope, ct);
        using var request = new HttpRequestMessage(method, address)
        {
            Headers = { Authorization = login.ToHeader() },
            Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json),
        };
        try
        {
            using var response = await _http.SendAsync(request, ct);
            var answer = Parse(await response.Content.ReadAsByteArrayAsync(ct));
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                throw await _limiter.PauseAsync(login, scope, PauseOf(response, scope), ct);
            }

            _limiter.Succeeded(login, scope);
            return response.IsSuccessStatusCode ? answer ?? throw Unexpected() : throw FailureOf(response.StatusCode, answer);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SigfoxException(SigfoxFailure.Unexpected, "SigFox's answer is too long.");
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            throw new SigfoxException(SigfoxFailure.Unavailable, "SigFox can't be reached. Try again later.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new SigfoxException(SigfoxFailure.Unavailable, "SigFox did not answer in time. Try again later.");
        }
    }

    /// <summary>What Sigfox limits by itself says nothing about the login's other calls.</summary>
    private static string ScopeOf(HttpMethod method, string address) =>
        address.StartsWith("devices/bulk/", StringComparison.Ordinal) && method == HttpMethod.Post ? address.Split('?')[0]
        : address.StartsWith("devices/", StringComparison.Ordinal) && method != HttpMethod.Get ? $"{method} {address}"
        : "";

    private TimeSpan? PauseOf(HttpResponseMessage response, string scope) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _clock.GetUtcNow(),
        _ => scope.StartsWith("PUT ", StringComparison.Ordinal) ? BetweenChangesOfADevice : null,
    };

    private static SigfoxException FailureOf(HttpStatusCode status, JsonElement? answer) => status switch
    {
        HttpStatusCode.Unauthorized => new(SigfoxFailure.BadLogin, "SigFox does not know this user, or the password is wrong."),
        HttpStatusCode.BadRequest => Refused(answer),
        HttpStatusCode.NotFound => new(SigfoxFailure.NotFound, "SigFox has no such thing."),
        HttpStatusCode.Forbidden => new(SigfoxFailure.Unexpected, "SigFox does not allow this user to do that."),
        HttpStatusCode.Conflict => new(SigfoxFailure.Refused, "SigFox has this already."),
        >= HttpStatusCode.InternalServerError => new(SigfoxFailure.Unavailable, "SigFox can't answer now. Try again later."),
        _ => Unexpected(),
    };

    private static SigfoxException Refused(JsonElement? answer)
    {
        var errors = answer?.Member("errors") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToArray() : [];
        var texts = errors.Select(e => string.Join(": ", new[] { e.Text("field"), e.Text("message") }.OfType<string>()));
        var text = string.Join("; ", texts.Prepend(answer?.Text("message")).Where(t => !string.IsNullOrEmpty(t)));
        return new SigfoxException(
            SigfoxFailure.Refused, text.Length == 0 ? "SigFox refused the request." : $"SigFox refused the request: {text}")
        {
            Errors = errors,
        };
    }

    private static SigfoxException Unexpected() => new(SigfoxFailure.Unexpected, "SigFox answered in a way that nobody understands here.");

    /// <returns>Null where it is no JSON; an empty object where there is nothing.</returns>
    private static JsonElement? Parse(byte[] body)
    {
        if (body.Length == 0)
        {
            return JsonElement.Parse("{}");
        }

        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// A device type as Sigfox takes it. What people are not asked is fixed: downlinks by callback, raw payloads, tokens renewed by
    /// themselves.
    /// </summary>
    private sealed class DeviceTypeBody(SigfoxDeviceTypeSettings settings)
    {
        public string Name { get; } = settings.Name;

        public string Description { get; } = settings.Description;

        public string? GroupId { get; init; }

        public string ContractId { get; } = settings.ContractId;

        public object[] Contracts { get; } = [new { Id = settings.ContractId }];

        public int? KeepAlive { get; } = settings.KeepAlive;

        public string? AlertEmail { get; } = settings.AlertEmail;

        public int DownlinkMode { get; } = 1;

        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public string? DownlinkDataString { get; }

        public int PayloadType { get; } = 2;

        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public string? PayloadConfig { get; }

        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public string? GeolocPayloadConfigId { get; }

        public bool AutomaticRenewal { get; } = true;
    }
}
