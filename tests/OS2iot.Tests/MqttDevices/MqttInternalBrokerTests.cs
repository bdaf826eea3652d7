using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Instances;
using OS2iot.Simulator.Faults;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.MqttDevices;

public sealed class MqttInternalBrokerTests(PostgreSql postgres) : IAsyncLifetime
{
    private const string WarmUp = "{\"warm-up\":";

    private readonly MemoryLog _log = new();
    private TestDatabase _database = null!;
    private PersistentMosquitto _broker = null!;
    private MqttPublisher _publisher = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _broker = await PersistentMosquitto.StartAsync();
        _publisher = new MqttPublisher(_broker.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Message_WhenTheDevicePublishes_IsAppendedAsItCame()
    {
        await using var host = Host();
        var (id, topic) = await MqttIngestHost.ADeviceAsync(_database);

        await SendUntilHeardAsync(topic, """{ "t": 21.5 }""");
        await _publisher.SendAsync(topic.Replace("device/", "devices/", StringComparison.Ordinal), "[1]");

        await Until.TrueAsync(() => Heard().Contains("""{"data":"WzFd","encoding":"base64"}"""));
        var uplinks = _log.Appended(LogTopic.Uplinks).Select(UplinkReceived.From).ToList();
        Assert.All(uplinks, u => Assert.Equal((id, DeviceType.MqttInternalBroker, topic), (u.DeviceId, u.Network, $"device/{u.OrganizationId}/{u.ApplicationId}/{u.DeviceId}")));
        Assert.Equal("""{ "t": 21.5 }""", Heard()[0]);
    }

    [Fact]
    public async Task Message_WhenTheTopicIsNobodys_IsDroppedAndToldOnce()
    {
        await using var host = Host();
        var (id, topic) = await MqttIngestHost.ADeviceAsync(_database);
        await SendUntilHeardAsync(topic, """{"first":1}""");
        var parts = topic.Split('/');
        string[] wrong = [$"device/{parts[1]}/{parts[2]}/{id + 1000}", $"device/{parts[1]}7/{parts[2]}/{id}", $"device/{parts[1]}/{parts[2]}7/{id}", "device/a/b/c"];

        foreach (var other in wrong)
        {
            for (var i = 0; i < 5; i++)
            {
                await _publisher.SendAsync(other, """{"wrong":1}""");
            }
        }

        await _publisher.SendAsync(topic, """{"last":1}""");
        await Until.TrueAsync(() => Heard().Contains("""{"last":1}"""));
        Assert.DoesNotContain("""{"wrong":1}""", Heard());
        foreach (var other in wrong)
        {
            await Until.TrueAsync(() => host.Lines.All.Any(l => l.Contains(other, StringComparison.Ordinal)));
            Assert.Single(host.Lines.All, l => l.Contains($"{other} were dropped", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Message_WhenTooLarge_IsDroppedAndOthersGoOn()
    {
        await using var host = Host();
        var (_, topic) = await MqttIngestHost.ADeviceAsync(_database);
        await SendUntilHeardAsync(topic, """{"first":1}""");

        await _publisher.SendAsync(topic, new string('x', 200 * 1024));
        await _publisher.SendAsync(topic, """{"last":1}""");

        await Until.TrueAsync(() => Heard().Contains("""{"last":1}"""));
        Assert.Equal(2, Heard().Length);
        Assert.Contains(host.Lines.All, l => l.Contains("too_large", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_WhenTheLogIsAway_AreTakenWhenItIsBackInTheirOrder()
    {
        await using var host = Host();
        var (_, topic) = await MqttIngestHost.ADeviceAsync(_database);
        await SendUntilHeardAsync(topic, """{"n":-1}""");

        _log.IsAway = true;
        for (var i = 0; i < 1200; i++)
        {
            await _publisher.SendAsync(topic, $$"""{"n":{{i}}}""");
        }

        Assert.Single(Heard());
        _log.IsAway = false;

        await Until.TrueAsync(() => Heard().Length >= 1201);
        Assert.Equal(Enumerable.Range(-1, 1201).Select(i => $$"""{"n":{{i}}}"""), Heard());
    }

    [Fact]
    public async Task Messages_WhenTheHostEndsBeforeTheLogHasThem_AreTheNextHosts()
    {
        var (_, topic) = await MqttIngestHost.ADeviceAsync(_database);
        await using (Host())
        {
            await SendUntilHeardAsync(topic, """{"n":-1}""");
            _log.IsAway = true;
            for (var i = 0; i < 100; i++)
            {
                await _publisher.SendAsync(topic, $$"""{"n":{{i}}}""");
            }
        }

        _log.IsAway = false;
        await using var next = Host();

        await Until.TrueAsync(() => Heard().Length >= 101);
        Assert.Equal(Enumerable.Range(-1, 101).Select(i => $$"""{"n":{{i}}}"""), Heard());
    }

    [Fact]
    public async Task Messages_WhenTheConnectionBreaksAgainAndAgain_CountOnce()
    {
        await using var link = new FaultProxy(_broker.Port);
        await using var host = new MqttIngestHost(_database, link.Port, _log).Begin();
        var (_, topic) = await MqttIngestHost.ADeviceAsync(_database);
        await SendUntilHeardAsync(topic, """{"n":-1}""");

        for (var i = 0; i < 400; i++)
        {
            await _publisher.SendAsync(topic, $$"""{"n":{{i}}}""");
            if (i % 100 == 50)
            {
                link.Cut();
                link.Heal();
            }
        }

        await Until.TrueAsync(() => Heard().Contains("""{"n":399}"""));
        await _publisher.SendAsync(topic, """{"end":1}""");
        await Until.TrueAsync(() => Heard().Contains("""{"end":1}"""));
        Assert.Equal(402, Heard().Length);
        Assert.Equal(402, Heard().Distinct().Count());
    }

    [Fact]
    public async Task Messages_WhenTwoInstancesShare_AreTakenOverFromTheOneThatEnds()
    {
        var (_, topic) = await MqttIngestHost.ADeviceAsync(_database);
        await using var first = Host(sessions: 4);
        var second = Host(sessions: 4);
        await Until.TrueAsync(() => Slots(first) == 2 && Slots(second) == 2, () => $"{Slots(first)} {Slots(second)}");
        await SendUntilHeardAsync(topic, """{"n":-1}""");

        for (var i = 0; i < 400; i++)
        {
            await _publisher.SendAsync(topic, $$"""{"n":{{i}}}""");
            if (i == 200)
            {
                await second.DisposeAsync();
            }
        }

        await Until.TrueAsync(() => Heard().Distinct().Count() >= 401);
        Assert.Equal(4, Slots(first));
    }

    [Fact]
    public async Task Device_WhenItMovesOrGoes_IsNotHeardOnItsFormerTopic()
    {
        await using var host = Host();
        var (id, topic) = await MqttIngestHost.ADeviceAsync(_database);
        await SendUntilHeardAsync(topic, """{"n":1}""");

        await _database.ExecuteAsync($"UPDATE applications SET organization_id = (SELECT max(id) FROM organizations) WHERE id = (SELECT application_id FROM devices WHERE id = {id})");
        var (other, otherTopic) = await MqttIngestHost.ADeviceAsync(_database);
        await SendUntilHeardAsync(otherTopic, """{"n":2}""");
        await _database.ExecuteAsync($"DELETE FROM devices WHERE id = {other}");
        var (_, last) = await MqttIngestHost.ADeviceAsync(_database);

        // Notices come in order: when a later one has been heard, so have these.
        await SendUntilHeardAsync(last, """{"n":3}""");
        await Until.TrueAsync(async () =>
        {
            var before = Heard().Length;
            await _publisher.SendAsync(otherTopic, """{"gone":1}""");
            await _publisher.SendAsync(last, """{"n":4}""");
            await Until.TrueAsync(() => Heard().Length > before);
            return Heard()[before..].All(p => !p.Contains("gone", StringComparison.Ordinal));
        });
    }

    private static int Slots(MqttIngestHost host) =>
        Enumerable.Range(0, 4).Count(host.Services.GetRequiredService<InstanceRoster>().OwnsTurn);

    private MqttIngestHost Host(int sessions = 1)
    {
        var host = new MqttIngestHost(_database, _broker.Port, _log);
        host.Settings["MqttListener:Sessions"] = $"{sessions}";
        return host.Begin();
    }

    private string[] Heard() => [.. _log.Payloads().Where(p => !p.StartsWith(WarmUp, StringComparison.Ordinal))];

    /// <summary>Before a session was there for the first time, the broker has nobody to keep a message for.</summary>
    private async Task SendUntilHeardAsync(string topic, string payload)
    {
        var warmUp = $"{WarmUp}\"{topic} {Guid.NewGuid():N}\"}}";
        await Until.TrueAsync(async () =>
        {
            await _publisher.SendAsync(topic, warmUp, qos: 0);
            await Task.Delay(200, TestContext.Current.CancellationToken);
            return _log.Payloads().Contains(warmUp);
        });
        await _publisher.SendAsync(topic, payload);
        await Until.TrueAsync(() => Heard().Contains(payload));
    }
}
