using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>The part of a device's form that is about MQTT, named as on the wire, so that the Api's problems find their fields.</summary>
internal sealed class MqttFields
{
    public const string Internal = "MQTT_INTERNAL_BROKER";

    public const string External = "MQTT_EXTERNAL_BROKER";

    public const string ByPassword = "PASSWORD";

    public const string ByCertificate = "CERTIFICATE";

    public static readonly string[] Names =
    [
        "authenticationType", "mqttURL", "mqttPort", "mqttTopicName", "mqttQos", "mqttUsername", "mqttPassword", "caCertificate", "deviceCertificate", "deviceCertificateKey",
    ];

    private const string DefaultPort = "8883";

    public string? AuthenticationType { get; set; } = ByPassword;

    public string? MqttURL { get; set; }

    public string? MqttPort { get; set; } = DefaultPort;

    public string? MqttTopicName { get; set; }

    public string? MqttQos { get; set; } = "1";

    public string? MqttUsername { get; set; }

    public string? MqttPassword { get; set; }

    public string? CaCertificate { get; set; }

    public string? DeviceCertificate { get; set; }

    public string? DeviceCertificateKey { get; set; }

    public static IEnumerable<SelectListItem> Authentications => [new(MqttTexts.ByPassword, ByPassword), new(MqttTexts.ByCertificate, ByCertificate)];

    public static IEnumerable<SelectListItem> Qualities => [new(MqttTexts.Qos0, "0"), new(MqttTexts.Qos1, "1"), new(MqttTexts.Qos2, "2")];

    public static MqttFields From(MqttSettings? settings) => settings is null ? new MqttFields() : new MqttFields
    {
        AuthenticationType = settings.AuthenticationType,
        MqttURL = settings.MqttURL,
        MqttPort = settings.MqttPort?.ToString(CultureInfo.InvariantCulture),
        MqttTopicName = settings.MqttTopicName,
        MqttQos = settings.MqttQos?.ToString(CultureInfo.InvariantCulture),
        MqttUsername = settings.MqttUsername,
        MqttPassword = settings.MqttPassword,
        CaCertificate = settings.CaCertificate,
        DeviceCertificate = settings.DeviceCertificate,
        DeviceCertificateKey = settings.DeviceCertificateKey,
    };

    /// <summary>Adds the settings of the device's type; of another type there is nothing to say.</summary>
    public void AddTo(Dictionary<string, object?> request, string type)
    {
        if (type == Internal)
        {
            request["mqttInternalBrokerSettings"] = AuthenticationType == ByCertificate
                ? new Dictionary<string, object?> { ["authenticationType"] = ByCertificate }
                : new Dictionary<string, object?> { ["authenticationType"] = ByPassword, ["mqttusername"] = MqttUsername ?? "", ["mqttpassword"] = MqttPassword ?? "" };
        }
        else if (type == External)
        {
            request["mqttExternalBrokerSettings"] = ExternalSettings();
        }
    }

    /// <summary>Finds what can't be sent at all; everything else is the Api's to judge.</summary>
    public bool IsReadable(ModelStateDictionary state, string type)
    {
        if (type == External && !ushort.TryParse(MqttPort, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            state.AddModelError("Form.Mqtt.MqttPort", MqttTexts.NotAPort);
        }

        return state.IsValid;
    }

    /// <summary>Shows the problems that are about MQTT at their fields, all others as those of the form.</summary>
    public static void Show(ModelStateDictionary state, IReadOnlyList<Problem> problems, string type)
    {
        var ours = problems.Where(p => p.Property is not null && Names.Contains(p.Property, StringComparer.OrdinalIgnoreCase)).ToList();
        foreach (var about in ours.Where(p => string.Equals(p.Property, "mqttURL", StringComparison.OrdinalIgnoreCase)).Take(1))
        {
            state.AddModelError("Form.Mqtt.MqttURL", MqttTexts.AddressWrong);
        }

        ProblemTexts.AddTo(state, ours.Where(p => !string.Equals(p.Property, "mqttURL", StringComparison.OrdinalIgnoreCase)), "Form.Mqtt", Names);

        // A device's own name may be any; the name at our broker may not.
        var rest = problems.Except(ours).ToList();
        if (type == Internal && rest.Find(p => p.Message == "MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE") is { } name)
        {
            rest.Remove(name);
            state.AddModelError("Form.Mqtt.MqttUsername", ProblemTexts.Of(name));
        }

        ProblemTexts.AddTo(state, rest, "Form", DeviceForm.Fields);
    }

    private Dictionary<string, object?> ExternalSettings()
    {
        var settings = new Dictionary<string, object?>
        {
            ["authenticationType"] = AuthenticationType ?? ByPassword,
            ["mqttURL"] = MqttURL?.Trim() ?? "",
            ["mqttPort"] = int.Parse(MqttPort!, CultureInfo.InvariantCulture),
            ["mqtttopicname"] = MqttTopicName?.Trim() ?? "",
            ["mqttQos"] = int.TryParse(MqttQos, NumberStyles.None, CultureInfo.InvariantCulture, out var qos) ? qos : 1,
        };
        if (!string.IsNullOrWhiteSpace(CaCertificate))
        {
            settings["caCertificate"] = CaCertificate;
        }

        if (AuthenticationType == ByCertificate)
        {
            settings["deviceCertificate"] = DeviceCertificate ?? "";
            settings["deviceCertificateKey"] = DeviceCertificateKey ?? "";
        }
        else
        {
            settings["mqttusername"] = MqttUsername ?? "";
            settings["mqttpassword"] = MqttPassword ?? "";
        }

        return settings;
    }
}

/// <summary>What the Api tells of a device's MQTT, of either kind. Secrets are null to those who may not change the device.</summary>
internal sealed record MqttSettings(
    string AuthenticationType,
    string? MqttURL,
    int? MqttPort,
    string? MqttTopicName,
    string? DownlinkTopic,
    int? MqttQos,
    string? MqttUsername,
    string? MqttPassword,
    string? CaCertificate,
    string? DeviceCertificate,
    string? DeviceCertificateKey,
    bool? InvalidMqttConfig,
    string? ConnectionError,
    string? ConnectionState,
    DateTimeOffset? ConnectionSince)
{
    public bool IsByCertificate => AuthenticationType == MqttFields.ByCertificate;

    public string? Host => Uri.TryCreate(MqttURL, UriKind.Absolute, out var url) ? url.Host : MqttURL;
}
