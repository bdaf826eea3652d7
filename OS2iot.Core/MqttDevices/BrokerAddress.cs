using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace OS2iot.Core.MqttDevices;

/// <summary>Where our own services find our broker: <c>mqtt://user:password@host:port</c>.</summary>
[SuppressMessage("Design", "CA1054", Justification = "A connection string.")]
public sealed record BrokerAddress(string Host, int Port, string Username, string Password, bool IsTls)
{
    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "mosquitto";

    private const int DefaultPort = 1883;

    /// <returns>Null where no broker is configured.</returns>
    /// <exception cref="InvalidOperationException">The connection string is wrong.</exception>
    public static BrokerAddress? From(IConfiguration configuration) =>
        configuration.GetConnectionString(ConnectionName) is { Length: > 0 } text ? Parse(text) : null;

    /// <exception cref="InvalidOperationException">It is no such text.</exception>
    public static BrokerAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.UserInfo.IndexOf(':') < 1)
        {
            throw new InvalidOperationException(
                $"ConnectionStrings:{ConnectionName} must be the broker's address with an account, such as 'mqtt://os2iot-workers:…@mosquitto:1883'.");
        }

        var account = uri.UserInfo.Split(':', 2);
        return new BrokerAddress(
            uri.Host, uri.Port > 0 ? uri.Port : DefaultPort, Uri.UnescapeDataString(account[0]), Uri.UnescapeDataString(account[1]), uri.Scheme == "mqtts");
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Username} at {Host}:{Port}";
}
