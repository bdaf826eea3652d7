using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// Calls version 2 of Sigfox's REST API. Every call may end in a <see cref="SigfoxException"/>. Nothing is tried twice: who asks is
/// told, and asks again.
/// </summary>
public sealed class SigfoxClient
{
    /// <summary>Of 100 each: Sigfox hands out no larger ones.</summary>
    private const int MaxPages = 1_000;

    private const string DeviceFields = "productCertificate(key),contract(name),group(name),deviceType(name)";

    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http;
    private readonly SigfoxLimiter _limiter;

    internal SigfoxClient(HttpClient http, SigfoxLimiter limiter) => (_http, _limiter) = (http, limiter);

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
        await _limiter.WaitAsync(login, ct);
        using var request = new HttpRequestMessage(method, address)
        {
            Headers = { Authorization = login.ToHeader() },
            Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json),
        };
        try
        {
            using var response = await _http.SendAsync(request, ct);
            var answer = Parse(await response.Content.ReadAsByteArrayAsync(ct));
            return response.IsSuccessStatusCode ? answer ?? throw Unexpected() : throw FailureOf(response, answer, login);
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

    private SigfoxException FailureOf(HttpResponseMessage response, JsonElement? answer, SigfoxLogin login) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => new(SigfoxFailure.BadLogin, "SigFox does not know this user, or the password is wrong."),
        HttpStatusCode.BadRequest => Refused(answer),
        HttpStatusCode.NotFound => new(SigfoxFailure.NotFound, "SigFox has no such thing."),
        HttpStatusCode.TooManyRequests => TooMany(response, login),
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

    // How often one device may be changed says nothing about the login's other calls.
    private SigfoxException TooMany(HttpResponseMessage response, SigfoxLogin login)
    {
        var pause = PauseOf(response);
        return response.RequestMessage?.Method == HttpMethod.Put ? SigfoxLimiter.TooMany(pause) : _limiter.Pause(login, pause);
    }

    private static TimeSpan PauseOf(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter?.Delta ?? DefaultPause;
        return asked < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : asked > LongestPause ? LongestPause : asked;
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
