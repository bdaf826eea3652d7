using System.Text.Json;
using System.Text.Json.Serialization;

namespace OS2iot.Core.Sigfox;

/// <summary>A callback of ours as Sigfox takes it.</summary>
public sealed record SigfoxCallbackSettings
{
    /// <summary>The header in which Sigfox shows a second secret, where the operator wants one.</summary>
    public const string SecretHeader = "X-Callback-Secret";

    private static readonly string[] OfAll = ["\"time\": {time}", "\"deviceTypeId\": \"{deviceTypeId}\"", "\"deviceId\": \"{device}\""];

    /// <summary>What belongs to a contract may be missing, so it is quoted: nothing between quotes is valid JSON still.</summary>
    private static readonly Dictionary<SigfoxCallbackKind, string[]> Members = new()
    {
        [SigfoxCallbackKind.Uplink] = ["\"data\": \"{data}\"", "\"seqNumber\": {seqNumber}"],
        [SigfoxCallbackKind.Bidir] = ["\"data\": \"{data}\"", "\"seqNumber\": {seqNumber}", "\"ack\": {ack}"],
        [SigfoxCallbackKind.Status] = ["\"seqNumber\": {seqNumber}", "\"battery\": \"{batt}\"", "\"temperature\": \"{temp}\""],
        [SigfoxCallbackKind.Acknowledge] =
        [
            "\"infoCode\": \"{infoCode}\"", "\"infoMessage\": \"{infoMessage}\"", "\"downlinkAck\": \"{downlinkAck}\"",
            "\"downlinkOverusage\": \"{downlinkOverusage}\"",
        ],
        [SigfoxCallbackKind.DataAdvanced] =
        [
            "\"data\": \"{data}\"", "\"seqNumber\": {seqNumber}", "\"lqi\": \"{lqi}\"", "\"linkQuality\": \"{linkQuality}\"",
            "\"operatorName\": \"{operatorName}\"", "\"countryCode\": \"{countryCode}\"", "\"duplicates\": {duplicates}",
            "\"computedLocation\": {computedLocation}",
        ],
        [SigfoxCallbackKind.Error] = ["\"severity\": \"{severity}\"", "\"info\": \"{info}\""],
    };

    public string Channel { get; init; } = "URL";

    public required int CallbackType { get; init; }

    public required int CallbackSubtype { get; init; }

    public string PayloadConfig { get; init; } = "";

    public bool Enabled { get; init; } = true;

    /// <summary>With the secret in it.</summary>
    public required string Url { get; init; }

    public string HttpMethod { get; init; } = "POST";

    public bool SendSni { get; init; } = true;

    public required string BodyTemplate { get; init; }

    public string ContentType { get; init; } = "application/json";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <param name="kind">Which callback.</param>
    /// <param name="publicUrl">Where Ingest is for the world.</param>
    /// <param name="deviceTypeId">At Sigfox.</param>
    /// <param name="secret">Shown in the address.</param>
    /// <param name="headerSecret">Shown in a header; null for none.</param>
    public static SigfoxCallbackSettings Of(SigfoxCallbackKind kind, Uri publicUrl, string deviceTypeId, string secret, string? headerSecret)
    {
        var (type, subtype) = kind.TypeOf();
        return new SigfoxCallbackSettings
        {
            CallbackType = type,
            CallbackSubtype = subtype,
            Url = $"{publicUrl.AbsoluteUri.TrimEnd('/')}{kind.PathOf()}?apiKey={deviceTypeId}&secret={secret}",
            BodyTemplate = TemplateOf(kind),
            Headers = headerSecret is null ? null : new Dictionary<string, string> { [SecretHeader] = headerSecret },
        };
    }

    /// <summary>Has no text form on purpose: the address holds a secret.</summary>
    public override string ToString() => nameof(SigfoxCallbackSettings);

    private static string TemplateOf(SigfoxCallbackKind kind) =>
        $"{{\n{string.Join(",\n", OfAll.Concat(Members[kind]).Select(member => "  " + member))}\n}}";
}

/// <summary>A callback as Sigfox has it.</summary>
public sealed record SigfoxCallbackAtSigfox
{
    public string Id { get; init; } = "";

    public string Url { get; init; } = "";

    public string? Channel { get; init; }

    public int? CallbackType { get; init; }

    public int? CallbackSubtype { get; init; }

    public bool Enabled { get; init; }

    /// <summary>Sigfox gave up on it after many failures, or the last one failed.</summary>
    public bool IsDead { get; init; }

    public string? HttpMethod { get; init; }

    public bool? SendSni { get; init; }

    public string? BodyTemplate { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Selected for downlinks. Null where Sigfox does not tell.</summary>
    public bool? IsForDownlink { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public override string ToString() => $"{nameof(SigfoxCallbackAtSigfox)} {Id}";

    /// <summary>Whether it does what ours does. What people added to the body stays: decoders may use it.</summary>
    public bool IsAs(SigfoxCallbackSettings wanted) =>
        Enabled
        && Url == wanted.Url
        && Channel == wanted.Channel
        && HttpMethod == wanted.HttpMethod
        && ContentType == wanted.ContentType
        && SendSni is not false
        && HasAllMembersOf(wanted.BodyTemplate)
        && (wanted.Headers ?? new Dictionary<string, string>()).All(h => Headers.TryGetValue(h.Key, out var value) && value == h.Value);

    internal static SigfoxCallbackAtSigfox From(JsonElement json) => new()
    {
        Id = json.Text("id") ?? "",
        Url = json.Text("url") ?? "",
        Channel = json.Text("channel"),
        CallbackType = (int?)json.Number("callbackType"),
        CallbackSubtype = (int?)json.Number("callbackSubtype"),
        Enabled = json.Member("enabled") is not { ValueKind: JsonValueKind.False },
        IsDead = json.Member("dead") is { ValueKind: JsonValueKind.True },
        HttpMethod = json.Text("httpMethod"),
        SendSni = json.Member("sendSni") is { ValueKind: JsonValueKind.True or JsonValueKind.False } sni ? sni.GetBoolean() : null,
        BodyTemplate = json.Text("bodyTemplate"),
        ContentType = json.Text("contentType"),
        IsForDownlink = json.Member("downlinkHook") is { ValueKind: JsonValueKind.True or JsonValueKind.False } hook ? hook.GetBoolean() : null,
        Headers = HeadersOf(json.Member("headers")),
    };

    private static Dictionary<string, string> HeadersOf(JsonElement? headers) => headers is { ValueKind: JsonValueKind.Object } members
        ? members.EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.String)
            .DistinctBy(m => m.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(m => m.Name, m => m.Value.GetString()!, StringComparer.OrdinalIgnoreCase)
        : [];

    private bool HasAllMembersOf(string template)
    {
        var ours = Without(BodyTemplate ?? "");
        return ours.StartsWith('{') && template.Trim('{', '}', '\n').Split(",\n").All(member => ours.Contains(Without(member), StringComparison.Ordinal));

        static string Without(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
    }
}
