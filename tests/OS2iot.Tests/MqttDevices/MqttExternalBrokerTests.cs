using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.MqttDevices;

public sealed class MqttExternalBrokerTests(PostgreSql postgres) : IAsyncLifetime
{
    private readonly MemoryLog _log = new();
    private readonly (string Authority, string Certificate, string Key) _certificates = Certificates();
    private TestDatabase _database = null!;
    private PersistentMosquitto _broker = null!;
    private MqttPublisher _publisher = null!;
    private MqttIngestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _broker = await PersistentMosquitto.StartAsync((_certificates.Certificate, _certificates.Key));
        _publisher = new MqttPublisher(_broker.Port);
        _host = new MqttIngestHost(_database, log: _log).Begin();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _publisher.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("mqtt", 0)]
    [InlineData("mqtt", 1)]
    [InlineData("mqtt", 2)]
    [InlineData("ws", 1)]
    public async Task Message_OnAnyTopicThatMatches_IsTheDevices(string scheme, int qos)
    {
        var id = await _host.ASubscriptionAsync($"{scheme}://127.0.0.1/mqtt", scheme == "ws" ? _broker.WebSocketPort : _broker.Port, "a/+/#", d => d.Qos = qos);
        await _host.ConnectedAsync(id);

        await _publisher.SendAsync("a/b/c", """{"n":1}""", qos);
        await _publisher.SendAsync("b/b/c", """{"n":2}""", qos);
        await _publisher.SendAsync("a/x", "plain", qos);

        await Until.TrueAsync(() => _log.Payloads().Length >= 2);
        Assert.Equal(["""{"n":1}""", """{"data":"cGxhaW4=","encoding":"base64"}"""], _log.Payloads());
        Assert.All(_log.Appended(LogTopic.Uplinks).Select(UplinkReceived.From), u => Assert.Equal((id, DeviceType.MqttExternalBroker), (u.DeviceId, u.Network)));
    }

    [Fact]
    public async Task Connection_ByPasswordOverTls_IsMadeWhenTheGivenAuthorityVouches()
    {
        var id = await _host.ASubscriptionAsync("mqtts://localhost", _broker.TlsPort, "t", d => (d.Username, d.CaCertificate) = (PersistentMosquitto.Username, _certificates.Authority), PersistentMosquitto.Password);

        await _host.ConnectedAsync(id);
        await _publisher.SendAsync("t", """{"n":1}""");

        // The listeners of the broker share their topics.
        await Until.TrueAsync(() => _log.Payloads().Length == 1);
    }

    [Fact]
    public async Task Connection_WhenItCanNeverWork_IsGivenUpAndTheReasonTold()
    {
        var tls = (MqttExternalBrokerDevice d) => { (d.Username, d.CaCertificate) = (PersistentMosquitto.Username, _certificates.Authority); };
        var wrong = await _host.ASubscriptionAsync("mqtts://localhost", _broker.TlsPort, "t", tls, "wrong");
        var unknownAuthority = await _host.ASubscriptionAsync("mqtts://localhost", _broker.TlsPort, "t", d => d.Username = PersistentMosquitto.Username, PersistentMosquitto.Password);
        var otherName = await _host.ASubscriptionAsync("mqtts://127.0.0.1", _broker.TlsPort, "t", tls, PersistentMosquitto.Password);
        var topic = await _host.ASubscriptionAsync("mqtt://127.0.0.1", _broker.Port, "a/#/b");
        var address = await _host.ASubscriptionAsync("http://127.0.0.1", _broker.Port, "t");
        var pem = await _host.ASubscriptionAsync("mqtts://localhost", _broker.TlsPort, "t", d => d.DeviceCertificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
        var internalHost = await _host.ASubscriptionAsync("mqtts://10.1.2.3", _broker.TlsPort, "t");
        var plain = await _host.ASubscriptionAsync("mqtt://192.0.2.1", 1883, "t");

        foreach (var (id, reason) in new[]
        {
            (wrong, "refused the user name"), (unknownAuthority, "certificate"), (otherName, "certificate"), (topic, "topic"),
            (address, "address must be"), (pem, "can't be read"), (internalHost, "internal or reserved"), (plain, "internal or reserved"),
        })
        {
            var device = await _host.BecomesAsync(id, d => d.InvalidMqttConfig);
            Assert.Contains(reason, device.ConnectionError, StringComparison.Ordinal);
            Assert.Equal(MqttConnectionState.Failed, device.ConnectionState);
        }

        Assert.DoesNotContain(_host.Lines.All, l => l.Contains(PersistentMosquitto.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_WhenTheSettingsAreSavedAnew_IsTriedAgain()
    {
        var id = await _host.ASubscriptionAsync("mqtt://127.0.0.1", _broker.Port, "a/#/b");
        await _host.BecomesAsync(id, d => d.InvalidMqttConfig);

        await _database.ExecuteAsync($"UPDATE devices SET mqtt_topic_name = 'first', invalid_mqtt_config = false, mqtt_connection_error = null, mqtt_connection_state = null WHERE id = {id}");
        await _host.ConnectedAsync(id);
        await _publisher.SendAsync("first", """{"n":1}""");
        await Until.TrueAsync(() => _log.Payloads().Length == 1);

        await _database.ExecuteAsync($"UPDATE devices SET mqtt_topic_name = 'second' WHERE id = {id}");
        await Until.TrueAsync(async () =>
        {
            await _publisher.SendAsync("second", """{"n":2}""");
            return _log.Payloads().Contains("""{"n":2}""");
        });
        await _publisher.SendAsync("first", """{"n":3}""");
        await _publisher.SendAsync("second", """{"n":4}""");
        await Until.TrueAsync(() => _log.Payloads().Contains("""{"n":4}"""));
        Assert.DoesNotContain("""{"n":3}""", _log.Payloads());

        await _database.ExecuteAsync($"DELETE FROM devices WHERE id = {id}");
        await Until.TrueAsync(async () =>
        {
            var before = _log.Payloads().Length;
            await _publisher.SendAsync("second", """{"n":5}""");
            await Task.Delay(500, TestContext.Current.CancellationToken);
            return _log.Payloads().Length == before;
        });
    }

    [Fact]
    public async Task Connection_WhenTheBrokerIsAwayForAWhile_ComesBackAndMissesNothing()
    {
        var id = await _host.ASubscriptionAsync("mqtt://127.0.0.1", _broker.Port, "t");
        await _host.ConnectedAsync(id);
        await _publisher.SendAsync("t", """{"n":1}""");
        await Until.TrueAsync(() => _log.Payloads().Length == 1);

        await _broker.KillAsync();
        var away = await _host.BecomesAsync(id, d => d.ConnectionState == MqttConnectionState.Connecting);
        Assert.False(away.InvalidMqttConfig);
        Assert.NotNull(away.ConnectionError);
        await _broker.RunAsync();
        await _host.ConnectedAsync(id);

        await _publisher.SendAsync("t", """{"n":2}""");
        await Until.TrueAsync(() => _log.Payloads().Length >= 2);
        Assert.Equal(["""{"n":1}""", """{"n":2}"""], _log.Payloads());
    }

    [Fact]
    public async Task Messages_WhileTheHostIsAwayOrTheLog_AreKeptByTheBroker()
    {
        var id = await _host.ASubscriptionAsync("mqtt://127.0.0.1", _broker.Port, "t");
        await _host.ConnectedAsync(id);
        _log.IsAway = true;
        for (var i = 0; i < 50; i++)
        {
            await _publisher.SendAsync("t", $$"""{"n":{{i}}}""");
        }

        await _host.DisposeAsync();
        for (var i = 50; i < 100; i++)
        {
            await _publisher.SendAsync("t", $$"""{"n":{{i}}}""");
        }

        Assert.Empty(_log.Payloads());
        _log.IsAway = false;
        _host = new MqttIngestHost(_database, log: _log).Begin();

        await Until.TrueAsync(() => _log.Payloads().Length >= 100);
        var heard = _log.Payloads();
        Assert.True(
            Enumerable.Range(0, 100).Select(i => $$"""{"n":{{i}}}""").SequenceEqual(heard),
            $"{string.Join(' ', heard)} {string.Join('\n', _host.Lines.All.Where(l => l.Contains("Mqtt", StringComparison.Ordinal)))}");
    }

    [Fact]
    public async Task Connections_WhenInstancesComeAndGo_AreEachHeldByOne()
    {
        var ids = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(await _host.ASubscriptionAsync("mqtt://127.0.0.1", _broker.Port, $"t/{i}"));
        }

        foreach (var id in ids)
        {
            await _host.ConnectedAsync(id);
        }

        var second = new MqttIngestHost(_database, log: _log).Begin();
        await AllAreHeardOnceAsync(ids.Count, "a");
        await second.DisposeAsync();
        await AllAreHeardOnceAsync(ids.Count, "b");
    }

    [Fact]
    public async Task Connection_ToABrokerOfTheOlderProtocol_IsMadeByThat()
    {
        await using var old = new OldBroker();
        var id = await _host.ASubscriptionAsync("mqtt://127.0.0.1", old.Port, "t");
        await _host.ConnectedAsync(id);

        _log.IsAway = true;
        old.Publish("t", 7, isDuplicate: false, """{"n":1}""");
        old.Drop();
        await Until.TrueAsync(() => old.Connections >= 2);
        old.Publish("t", 7, isDuplicate: true, """{"n":1}""");
        old.Publish("t", 8, isDuplicate: false, """{"n":2}""");
        Assert.Empty(old.Acknowledged);
        _log.IsAway = false;

        await Until.TrueAsync(() => old.Acknowledged.Count >= 2);
        Assert.Equal([7, 8], old.Acknowledged);
        Assert.Equal(["""{"n":1}""", """{"n":2}"""], _log.Payloads());
        Assert.Equal(1, old.Subscriptions);
    }

    /// <summary>Mosquitto writes what is under way to a reader to disk only now and then: killed, it has nothing to send again.</summary>
    [Fact]
    public async Task Messages_ThatWereReadWhenTheBrokerIsKilled_AreTaken()
    {
        await using var broker = new OldBroker();
        var id = await _host.ASubscriptionAsync("mqtt://127.0.0.1", broker.Port, "t", d => d.Qos = 1);
        for (var round = 0; round < 5; round++)
        {
            await _host.ConnectedAsync(id);
            await Until.TrueAsync(() => broker.Subscriptions > round);
            var sent = Enumerable.Range(0, 20).Select(i => $$"""{"round":{{round}},"n":{{i}}}""").ToList();

            broker.PublishAndForget("t", sent);

            await Until.TrueAsync(() => !sent.Except(_log.Payloads()).Any(), () => string.Join('\n', sent.Except(_log.Payloads())));
        }
    }

    private static (string Authority, string Certificate, string Key) Certificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Somebody's authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(130));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var certificate = server.Create(authority, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(129), [1, 2, 3, 4]);
        return (authority.ExportCertificatePem(), certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>In the moment in which a connection changes its owner a message may count twice; so again, until none does.</summary>
    private Task AllAreHeardOnceAsync(int count, string name)
    {
        var round = 0;
        return Until.TrueAsync(async () =>
        {
            var mark = $"\"{name}{++round}\"";
            for (var i = 0; i < count; i++)
            {
                await _publisher.SendAsync($"t/{i}", $$"""{{{mark}}:{{i}}}""");
            }

            await Until.TrueAsync(() => Heard(mark).Distinct().Count() == count, () => $"{mark}: {string.Join(' ', Heard(mark))}");
            return Heard(mark).Length == count;
        });

        string[] Heard(string mark) => [.. _log.Payloads().Where(p => p.Contains(mark, StringComparison.Ordinal))];
    }
}
