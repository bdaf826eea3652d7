using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Validation;
using OS2iot.Core.MqttDevices;

namespace OS2iot.Api.MqttDevices;

/// <summary>What a request says of a device that connects to our broker.</summary>
internal sealed class MqttInternalSettings
{
    public const string Name = "mqttInternalBrokerSettings";

    public static Shape Shape { get; } = new()
    {
        ["authenticationType"] = Is.OneOf(MqttWords.Authentications),
        ["mqttusername"] = MqttWords.UsernameField(),
        ["mqttpassword"] = MqttWords.PasswordField(),
    };

    public string AuthenticationType { get; init; } = "";

    [JsonPropertyName("mqttusername")]
    public JsonElement? Username { get; init; }

    [JsonPropertyName("mqttpassword")]
    public JsonElement? Password { get; init; }
}

/// <summary>What a request says of a device at somebody else's broker. Clients show the texts as they are, so they are Danish.</summary>
internal sealed class MqttExternalSettings
{
    public const string Name = "mqttExternalBrokerSettings";

    private const int UrlMaxLength = 1024;

    /// <summary>What an index takes, whatever the characters.</summary>
    private const int TopicMaxLength = 500;

    private static readonly string[] Schemes = ["mqtt://", "mqtts://", "ws://", "wss://"];

    public static Shape Shape { get; } = new()
    {
        ["mqttURL"] = new Field()
            .Rule("matches", v => MqttWords.Text(v) is { } url && IsUrl(url), _ => "Der skal tilføjes protokol (mqtt/mqtts) på url")
            .AtMost(UrlMaxLength),
        ["mqttPort"] = new Field()
            .Rule("isNumber", v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out _), _ => "Port skal udfyldes")
            .Rule("min", v => v.ValueKind == JsonValueKind.Number && v.GetDouble() >= 0, _ => "Port skal være over 0")
            .Rule("max", v => v.ValueKind == JsonValueKind.Number && v.GetDouble() <= ushort.MaxValue, _ => "Port skal være under 65535"),
        ["mqtttopicname"] = Is.Text().Length(1, TopicMaxLength),
        ["mqttQos"] = new Field()
            .Rule("isIn", v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out var qos) && qos is >= 0 and <= 2, p => $"{p} must be 0, 1 or 2")
            .Optional(),
        ["authenticationType"] = new Field().Rule(
            "isEnum",
            v => MqttWords.Text(v) is { } word && MqttWords.Authentications.Contains(word),
            _ => "Der skal vælges en autentifikations type"),
        ["mqttusername"] = MqttWords.UsernameField(),
        ["mqttpassword"] = MqttWords.PasswordField(),
        ["caCertificate"] = Pem("CERTIFICATE", "CA certifikatet mangler eller er forkert format"),
        ["deviceCertificate"] = Pem("CERTIFICATE", "Enheds certifikat mangler eller er forkert format"),
        ["deviceCertificateKey"] = Pem("PRIVATE KEY", "Enheds certifikatnøgle mangler eller er forkert format"),
    };

    [JsonPropertyName("mqttURL")]
    public string Url { get; init; } = "";

    [JsonPropertyName("mqttPort")]
    public int Port { get; init; }

    [JsonPropertyName("mqtttopicname")]
    public string TopicName { get; init; } = "";

    public int? MqttQos { get; init; }

    public string AuthenticationType { get; init; } = "";

    [JsonPropertyName("mqttusername")]
    public JsonElement? Username { get; init; }

    [JsonPropertyName("mqttpassword")]
    public JsonElement? Password { get; init; }

    public JsonElement? CaCertificate { get; init; }

    public JsonElement? DeviceCertificate { get; init; }

    public JsonElement? DeviceCertificateKey { get; init; }

    /// <summary>The one certificate of a broker by password: whom to trust. Other texts there did not count before either.</summary>
    internal string? AuthorityBesidePassword =>
        MqttWords.Text(CaCertificate) is { } pem && IsPem(pem, "CERTIFICATE") ? pem : null;

    private static bool IsUrl(string text) =>
        Array.Exists(Schemes, scheme => text.StartsWith(scheme, StringComparison.Ordinal))
        && text.Length > text.IndexOf("://", StringComparison.Ordinal) + 3 && !text.Any(char.IsWhiteSpace);

    private static Field Pem(string ending, string text) => new Field()
        .Rule("matches", v => MqttWords.Text(v) is { } pem && IsPem(pem, ending), _ => text)
        .When(MqttWords.IsByCertificate);

    private static bool IsPem(string text, string ending) =>
        PemEncoding.TryFind(text, out var found) && text.AsSpan()[found.Label].EndsWith(ending, StringComparison.Ordinal);
}

/// <summary>What both kinds of MQTT devices have in common on the wire.</summary>
internal static class MqttWords
{
    public const string Password = "PASSWORD";

    public const string Certificate = "CERTIFICATE";

    /// <summary>What an index takes, whatever the characters.</summary>
    private const int UsernameMaxLength = 250;

    private const int PasswordMaxLength = 1024;

    public static readonly IReadOnlyList<string> Authentications = [Password, Certificate];

    public static string ToWire(this MqttAuthentication authentication) =>
        authentication == MqttAuthentication.Certificate ? Certificate : Password;

    public static MqttAuthentication Parse(string word) =>
        word == Certificate ? MqttAuthentication.Certificate : MqttAuthentication.Password;

    public static Field UsernameField() => Is.Text().Length(1, UsernameMaxLength).When(IsByPassword);

    public static Field PasswordField() => Is.Text().Length(1, PasswordMaxLength).When(IsByPassword);

    public static bool IsByPassword(JsonElement settings) => Authentication(settings) == Password;

    public static bool IsByCertificate(JsonElement settings) => Authentication(settings) == Certificate;

    /// <summary>Null where it is none: of what does not count for the chosen authentication anything may be sent.</summary>
    public static string? Text(JsonElement? member) => member is { ValueKind: JsonValueKind.String } ? member.Value.GetString() : null;

    private static string? Authentication(JsonElement settings) => Text(Shape.Member(settings, "authenticationType"));
}
