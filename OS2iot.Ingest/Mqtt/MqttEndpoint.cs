using System.Diagnostics.CodeAnalysis;

namespace OS2iot.Ingest.Mqtt;

/// <summary>Where a broker is, and as whom we come.</summary>
internal sealed record MqttEndpoint(string Host, int Port, bool IsEncrypted, bool IsWebSocket, string Path)
{
    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>PEM; trusted besides those that the system trusts.</summary>
    public string? Authority { get; init; }

    /// <summary>PEM.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM.</summary>
    public string? CertificateKey { get; init; }

    /// <param name="text">Such as <c>mqtts://broker.example.dk</c> or <c>wss://broker.example.dk/mqtt</c>.</param>
    /// <param name="port">Counts instead of one in the text; 0 for the scheme's own.</param>
    /// <param name="endpoint">Without user name and password.</param>
    public static bool TryParse(string? text, int? port, [NotNullWhen(true)] out MqttEndpoint? endpoint)
    {
        endpoint = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0 || DefaultPort(url.Scheme) is not { } usual)
        {
            return false;
        }

        var number = port is > 0 ? port.Value : port is null && !url.IsDefaultPort && url.Port > 0 ? url.Port : usual;
        endpoint = new MqttEndpoint(
            url.DnsSafeHost, number, url.Scheme is "mqtts" or "wss", url.Scheme is "ws" or "wss", url.PathAndQuery is "" ? "/" : url.PathAndQuery);
        return number <= ushort.MaxValue;
    }

    /// <summary>Of an operator's connection string, which holds user name and password.</summary>
    public static MqttEndpoint FromConnectionString(string text)
    {
        if (!TryParse(text, port: null, out var endpoint))
        {
            throw new FormatException("The connection string of the MQTT broker must be like mqtt://name:password@host:1883.");
        }

        var account = new Uri(text).UserInfo.Split(':', 2);
        return endpoint with
        {
            Username = account[0].Length > 0 ? Uri.UnescapeDataString(account[0]) : null,
            Password = account.Length > 1 ? Uri.UnescapeDataString(account[1]) : null,
        };
    }

    /// <summary>Without secrets: a record would print them.</summary>
    public override string ToString() => $"{(IsWebSocket ? "ws" : "mqtt")}{(IsEncrypted ? "s" : "")}://{Host}:{Port}";

    private static int? DefaultPort(string scheme) => scheme switch
    {
        "mqtt" => 1883,
        "mqtts" => 8883,
        "ws" => 80,
        "wss" => 443,
        _ => null,
    };
}
