using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;
using OS2iot.Simulator.Brokers;

namespace OS2iot.Simulator.Demo;

/// <summary>The town's sensors that speak MQTT: each with the address, the topic and the credential that the Api tells of it.</summary>
internal sealed class DemoMqtt(OutsideBroker outside) : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<int, IMqttClient> _clients = new();

    /// <summary>A sensor of the town publishes at our broker.</summary>
    public async Task PublishAsync(SeededDevice device, object message, CancellationToken ct)
    {
        var settings = device.Entity.GetProperty("mqttInternalBrokerSettings");
        var client = await ConnectedAsync(device.Id, settings, ct);
        await client.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(Text(settings, "mqtttopicname"))
                .WithPayload(JsonSerializer.SerializeToUtf8Bytes(message))
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build(),
            ct);
    }

    /// <summary>A sensor of somebody else, at a broker of theirs.</summary>
    public Task PublishOutsideAsync(SeededDevice device, object message, CancellationToken ct) => outside.PublishAsync(
        Text(device.Entity.GetProperty("mqttExternalBrokerSettings"), "mqtttopicname")!.Replace("+", "maaling", StringComparison.Ordinal),
        JsonSerializer.SerializeToUtf8Bytes(message),
        ct);

    public ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task<IMqttClient> ConnectedAsync(int id, JsonElement settings, CancellationToken ct)
    {
        var client = _clients.GetOrAdd(id, _ => new MqttClientFactory().CreateMqttClient());
        if (client.IsConnected)
        {
            return client;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Text(settings, "caCertificate"));
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(new Uri(Text(settings, "mqttURL")!).Host, settings.GetProperty("mqttPort").GetInt32())
            .WithClientId($"demo-{id}")
            .WithTimeout(Timeout)
            .WithTlsOptions(tls =>
            {
                tls.UseTls().WithCertificateValidationHandler(seen => Trusts(authorities, seen));
                if (Text(settings, "deviceCertificate") is { } certificate)
                {
                    tls.WithClientCertificates([X509Certificate2.CreateFromPem(certificate, Text(settings, "deviceCertificateKey"))]);
                }
            });
        if (Text(settings, "mqttpassword") is { } password)
        {
            options.WithCredentials(Text(settings, "mqttusername"), password);
        }

        await client.ConnectAsync(options.Build(), ct);
        return client;
    }

    private static bool Trusts(X509Certificate2Collection authorities, MqttClientCertificateValidationEventArgs seen)
    {
        if ((seen.SslPolicyErrors & ~System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var certificate = new X509Certificate2(seen.Certificate);
        return chain.Build(certificate);
    }

    private static string? Text(JsonElement settings, string member) =>
        settings.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
