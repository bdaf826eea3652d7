using System.Globalization;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>The lines by which a device at our broker sends, ready for a terminal: they need nothing but Mosquitto's own programs.</summary>
internal sealed record MqttCall(MqttSettings Settings)
{
    private const string Mask = "••••••••";

    /// <summary>Null where the credential is not ours to see.</summary>
    public static MqttCall? Of(MqttSettings settings) =>
        settings is { CaCertificate: not null, MqttTopicName: not null } && (settings.IsByCertificate ? settings.DeviceCertificateKey : settings.MqttPassword) is not null
            ? new MqttCall(settings)
            : null;

    /// <summary>With everything that is needed.</summary>
    public string Shown => string.Concat(File("ca.pem", Settings.CaCertificate!), Settings.IsByCertificate ? File("device.pem", Key) : "", Line(Settings.MqttPassword));

    /// <summary>To look at.</summary>
    public string Masked => Line(Mask);

    private string Key => $"{Settings.DeviceCertificateKey!.Trim()}\n{Settings.DeviceCertificate!.Trim()}";

    // PEM has no line that could end the text early, and quotes around the word keep the shell from reading it.
    private static string File(string name, string pem) => $"cat > {name} <<'PEM'\n{pem.Trim().ReplaceLineEndings("\n")}\nPEM\n";

    private string Line(string? password)
    {
        var credential = Settings.IsByCertificate
            ? "--cert device.pem --key device.pem"
            : $"-u {Quoted(Settings.MqttUsername ?? "")} -P {Quoted(password ?? "")}";
        var port = Settings.MqttPort?.ToString(CultureInfo.InvariantCulture);
        return $$"""
            mosquitto_pub -h {{Quoted(Settings.Host ?? "")}} -p {{port}} --cafile ca.pem \
              {{credential}} \
              -q 1 -t {{Quoted(Settings.MqttTopicName!)}} -m '{"temperature": 21.5}'
            """;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
