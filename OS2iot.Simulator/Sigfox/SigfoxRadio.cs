using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OS2iot.Simulator.Sigfox;

/// <summary>
/// Sends callbacks as Sigfox does: the template with its variables filled in, again where nobody took it, and at last noted as not
/// delivered.
/// </summary>
internal sealed class SigfoxRadio(SigfoxCloud cloud, IHttpClientFactory clients, TimeProvider clock)
{
    public const string ClientName = "sigfox-callbacks";

    private const int Data = 0;
    private const int Service = 1;
    private const int Error = 2;
    private const int Status = 0;
    private const int Bidir = 3;
    private const int Acknowledge = 4;
    private const int DataAdvanced = 6;

    /// <summary>Of devices of one type that arrive together; callbacks of channel BATCH_URL bring them together.</summary>
    public async Task<List<SigfoxDelivery>> SendAsync(SigfoxUser user, IReadOnlyList<SigfoxMessage> messages, CancellationToken ct)
    {
        var deliveries = new List<SigfoxDelivery>();
        foreach (var ofType in messages.GroupBy(m => TypeOf(user, m.DeviceId)))
        {
            var callbacks = Callbacks(user, ofType.Key);
            foreach (var callback in callbacks.Where(c => IsOf(c, Data) && IsBatch(c)))
            {
                deliveries.Add(await DeliverAsync(user, ofType.Key, callback, [.. ofType.Select(m => Variables(ofType.Key, m))], ct));
            }

            foreach (var message in ofType)
            {
                deliveries.AddRange(await SendAsync(user, ofType.Key, callbacks, message, ct));
            }
        }

        return deliveries;
    }

    /// <summary>A device tells its battery and temperature.</summary>
    public Task SendStatusAsync(SigfoxUser user, string deviceId, double battery, double temperature, CancellationToken ct) =>
        TellAsync(user, deviceId, Service, Status, new() { ["batt"] = Text(battery), ["temp"] = Text(temperature), ["seqNumber"] = "1" }, ct);

    /// <summary>Sigfox has trouble with a device.</summary>
    public Task SendErrorAsync(SigfoxUser user, string deviceId, string severity, string info, CancellationToken ct) =>
        TellAsync(user, deviceId, Error, subtype: null, new() { ["severity"] = severity, ["info"] = info }, ct);

    private async Task<List<SigfoxDelivery>> SendAsync(
        SigfoxUser user, string typeId, List<JsonObject> callbacks, SigfoxMessage message, CancellationToken ct)
    {
        var deliveries = new List<SigfoxDelivery>();
        var variables = Variables(typeId, message);
        foreach (var callback in callbacks.Where(c => IsOf(c, Data) && !IsBatch(c)))
        {
            var delivery = await DeliverAsync(user, typeId, callback, [variables], ct);
            var isBidir = (int?)callback["callbackSubtype"] == Bidir && (bool?)callback["downlinkHook"] == true;
            deliveries.Add(isBidir ? delivery : delivery with { Downlink = null });
            if (isBidir && message.Ack && cloud.Faults.DownlinkCode is { } code)
            {
                var outcome = delivery.Downlink is null && code == 0 ? 1 : code;
                await TellAsync(user, message.DeviceId, Service, Acknowledge, Outcome(variables["time"], outcome), ct);
            }
        }

        foreach (var callback in callbacks.Where(c => IsOf(c, Service, DataAdvanced)))
        {
            deliveries.Add(await DeliverAsync(user, typeId, callback, [variables], ct));
        }

        return deliveries;
    }

    private async Task TellAsync(
        SigfoxUser user, string deviceId, int type, int? subtype, Dictionary<string, string> variables, CancellationToken ct)
    {
        var typeId = TypeOf(user, deviceId);
        variables["device"] = deviceId;
        variables["deviceTypeId"] = typeId;
        variables.TryAdd("time", Text(clock.GetUtcNow().ToUnixTimeSeconds()));
        foreach (var callback in Callbacks(user, typeId).Where(c => IsOf(c, type, subtype)))
        {
            await DeliverAsync(user, typeId, callback, [variables], ct);
        }
    }

    private async Task<SigfoxDelivery> DeliverAsync(
        SigfoxUser user, string typeId, JsonObject callback, IReadOnlyList<Dictionary<string, string>> messages, CancellationToken ct)
    {
        var (url, body) = Filled(callback, messages);
        var (delivery, error) = (new SigfoxDelivery(null, null), "lost");
        if (!cloud.LosesCallback())
        {
            foreach (var wait in cloud.Faults.RetriesMs.Prepend(0))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(wait), clock, ct);
                (delivery, error) = await PostAsync(callback, url, body, messages[0]["device"], ct);
                if (delivery.IsTaken)
                {
                    return delivery;
                }
            }
        }

        cloud.Use(() =>
        {
            foreach (var message in messages)
            {
                user.AddUndelivered(typeId, Undelivered(callback, typeId, url, body, message, delivery.Status, error));
            }

            return true;
        });
        return delivery;
    }

    private async Task<(SigfoxDelivery Delivery, string Error)> PostAsync(JsonObject callback, string url, string body, string deviceId, CancellationToken ct)
    {
        try
        {
            using var http = clients.CreateClient(ClientName);
            using var request = new HttpRequestMessage(new HttpMethod((string?)callback["httpMethod"] ?? "POST"), url);
            if (request.Method != HttpMethod.Get)
            {
                request.Content = new StringContent(body, Encoding.UTF8, (string?)callback["contentType"] ?? "application/json");
            }

            foreach (var (name, value) in callback["headers"] as JsonObject ?? [])
            {
                request.Headers.TryAddWithoutValidation(name, (string?)value);
            }

            using var response = await http.SendAsync(request, ct);
            var answer = await response.Content.ReadAsStringAsync(ct);
            return (new SigfoxDelivery((int)response.StatusCode, DownlinkIn(answer, deviceId)), $"{(int)response.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (new SigfoxDelivery(null, null), "nobody answered");
        }
    }

    private static string? DownlinkIn(string answer, string deviceId)
    {
        try
        {
            return answer.Length == 0 ? null : (string?)JsonNode.Parse(answer)?[deviceId]?["downlinkData"];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (string Url, string Body) Filled(JsonObject callback, IReadOnlyList<Dictionary<string, string>> messages)
    {
        var variables = messages[0];
        if (IsBatch(callback))
        {
            var lines = messages.Select(m => Fill((string?)callback["linePattern"] ?? "", m));
            variables = new Dictionary<string, string> { ["batch"] = string.Join('\n', lines) };
        }

        return (
            Fill((string?)callback["url"] ?? "", variables.ToDictionary(v => v.Key, v => Uri.EscapeDataString(v.Value))),
            Fill((string?)callback["bodyTemplate"] ?? (IsBatch(callback) ? "{batch}" : ""), variables));
    }

    private static string Fill(string template, IReadOnlyDictionary<string, string> variables) =>
        variables.Aggregate(template, (text, variable) => text.Replace($"{{{variable.Key}}}", variable.Value, StringComparison.Ordinal));

    private static JsonObject Undelivered(
        JsonObject callback, string typeId, string url, string body, Dictionary<string, string> message, int? status, string error) => new()
    {
        ["deviceId"] = message["device"],
        ["deviceTypeId"] = typeId,
        ["time"] = long.Parse(message["time"], CultureInfo.InvariantCulture) * 1000,
        ["data"] = message.GetValueOrDefault("data"),
        ["status"] = status is { } code ? Text(code) : "ERROR",
        ["message"] = error,
        ["callback"] = new JsonObject
        {
            ["url"] = url,
            ["method"] = (string?)callback["httpMethod"],
            ["contentType"] = (string?)callback["contentType"],
            ["headers"] = callback["headers"]?.DeepClone() ?? new JsonObject(),
            ["body"] = body,
            ["error"] = error,
        },
        ["parameters"] = new JsonObject(),
    };

    private Dictionary<string, string> Variables(string typeId, SigfoxMessage message)
    {
        var stations = Enumerable.Range(0, message.Stations)
            .Select(i => new { bsId = (0x0A10 + i).ToString("X4", CultureInfo.InvariantCulture), nbRep = 3, rssi = -110.0 - i, snr = 12.5 - i });
        return new Dictionary<string, string>
        {
            ["time"] = Text(message.Time ?? clock.GetUtcNow().ToUnixTimeSeconds()),
            ["device"] = message.DeviceId,
            ["deviceTypeId"] = typeId,
            ["data"] = message.Data,
            ["seqNumber"] = Text(message.SeqNumber),
            ["ack"] = message.Ack ? "true" : "false",
            ["lqi"] = message.Stations > 0 ? "GOOD" : "NA",
            ["linkQuality"] = message.Stations > 0 ? "2" : "4",
            ["operatorName"] = "Simulated operator",
            ["countryCode"] = "208",
            ["duplicates"] = JsonSerializer.Serialize(stations),
            ["computedLocation"] = """{"lat":56.15,"lng":10.2,"radius":2500,"source":2,"status":1}""",
        };
    }

    private static Dictionary<string, string> Outcome(string time, int code) => new()
    {
        ["time"] = time,
        ["infoCode"] = Text(code),
        ["infoMessage"] = code == 0 ? "Acked" : "Not acked",
        ["downlinkAck"] = code == 0 ? "true" : "false",
        ["downlinkOverusage"] = "false",
    };

    private List<JsonObject> Callbacks(SigfoxUser user, string typeId) => cloud.Use(() => user.CallbacksOf(typeId)
        .Where(c => (bool?)c["enabled"] != false).Select(c => (JsonObject)c.DeepClone()).ToList());

    private string TypeOf(SigfoxUser user, string deviceId) => cloud.Use(() => (string)user.Devices[deviceId.ToUpperInvariant()]["deviceType"]!["id"]!);

    private static bool IsOf(JsonObject callback, int type, int? subtype = null) =>
        (int?)callback["callbackType"] == type && (subtype is null || (int?)callback["callbackSubtype"] == subtype);

    private static bool IsBatch(JsonObject callback) => (string?)callback["channel"] == "BATCH_URL";

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
