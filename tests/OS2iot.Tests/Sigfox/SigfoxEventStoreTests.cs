using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Sigfox;
using OS2iot.Workers.Storing;

namespace OS2iot.Tests.Sigfox;

/// <summary>What follows from what Sigfox tells beside messages.</summary>
public sealed class SigfoxEventStoreTests(PostgreSql postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private TestDatabase _database = null!;
    private SigfoxDevice _device = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _device = await ReceiveSigfoxCallbackTests.ADeviceAsync(_database, "1A2B3C");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Status_WhenTold_IsTheNewestOneAndOddOnesChangeNothing()
    {
        await StoreAsync(Told(SigfoxCallbackKind.Status, """{"battery":"2.9","temperature":21.5}""", minute: 2));
        await StoreAsync(Told(SigfoxCallbackKind.Status, """{"battery":"3.3","temperature":"11"}""", minute: 1));
        await StoreAsync(Told(SigfoxCallbackKind.Status, """{"battery":"","temperature":"warm"}""", minute: 3), Told(SigfoxCallbackKind.Status, "[]", minute: 4));

        var state = await StateAsync();
        Assert.Equal((2.9, 21.5), (state.Battery, state.Temperature));
    }

    [Theory]
    [InlineData(0, DownlinkState.Acknowledged, null)]
    [InlineData(2, DownlinkState.Failed, "8 bytes")]
    [InlineData(6, DownlinkState.Failed, "no downlinks")]
    [InlineData(1, DownlinkState.Pending, "not answered")]
    [InlineData(4, DownlinkState.Pending, "could not send")]
    [InlineData(5, DownlinkState.Sent, null)]
    [InlineData(99, DownlinkState.Failed, "In Sigfox's words")]
    public async Task Acknowledgement_ByItsCode_DecidesWhatBecameOfTheDownlink(int code, DownlinkState expected, string? error)
    {
        var id = await ASentDownlinkAsync(attempts: 1);
        var told = Told(SigfoxCallbackKind.Acknowledge, $$"""{"infoCode":"{{code}}","infoMessage":"In Sigfox's words"}""", minute: 1);

        await StoreAsync(told);
        await StoreAsync(told);

        var downlink = await DownlinkAsync(id);
        Assert.Equal(expected, downlink.State);
        Assert.Equal(expected == DownlinkState.Acknowledged, downlink.AcknowledgedAt is not null);
        if (error is null)
        {
            Assert.Null(downlink.Error);
        }
        else
        {
            Assert.Contains(error, downlink.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Acknowledgement_AfterTheLastTryOrALaterDownlink_SendsItNoMore()
    {
        var failed = Told(SigfoxCallbackKind.Acknowledge, """{"infoCode":1}""", minute: 1);
        var worn = await ASentDownlinkAsync(attempts: 3);
        await StoreAsync(failed);
        Assert.Equal(DownlinkState.Failed, (await DownlinkAsync(worn)).State);

        var replaced = await ASentDownlinkAsync(attempts: 1);
        await _database.ExecuteAsync($"INSERT INTO downlinks (device_id, payload, confirmed, state, created_at, updated_at) VALUES ({_device.Id}, '\\x1112131415161718', false, 0, now(), now())");
        await StoreAsync(failed);
        Assert.Equal(DownlinkState.Failed, (await DownlinkAsync(replaced)).State);
    }

    [Fact]
    public async Task Downlink_ThatTheDeviceDidNotGet_IsAnsweredAgain()
    {
        var downlinks = new SigfoxDownlinks(_database.DataSource, TimeProvider.System);
        await _database.ExecuteAsync($"INSERT INTO downlinks (device_id, payload, confirmed, state, created_at, updated_at) VALUES ({_device.Id}, '\\x0102030405060708', false, 0, now(), now())");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("0102030405060708", await downlinks.TakeAsync(_device.Id, $"callback {i}", Ct));
            Assert.Null(await downlinks.TakeAsync(_device.Id, $"another {i}", Ct));
            await StoreAsync(Told(SigfoxCallbackKind.Acknowledge, """{"infoCode":1}""", minute: i, receivedLater: true));
        }

        Assert.Null(await downlinks.TakeAsync(_device.Id, "callback 4", Ct));
        Assert.Equal(4, await _database.ScalarAsync<int>("SELECT state FROM downlinks"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metadata_BeforeOrAfterItsMessageIsStored_IsMergedWithIt(bool before)
    {
        var callback = SigfoxCallback.Read(Encoding.UTF8.GetBytes(ReceiveSigfoxCallbackTests.Callback()), out _)!;
        var uplink = callback.ToUplink((_device.Id, _device.ApplicationId, 1), Now, "{}"u8.ToArray());
        var told = callback.ToReception(_device.Id, Now.AddSeconds(30), Metadata());
        var merge = ActivatorUtilities.CreateInstance<MergeReceptionsJob>(Services());
        if (before)
        {
            await StoreAsync(told);
            await merge.RunAsync(Ct);
        }

        await StoreMessageAsync(uplink);
        await StoreAsync(told);
        await StoreAsync(told);
        await merge.RunAsync(Ct);

        await using var db = _database.CreateContext();
        var message = await db.ReceivedMessages.SingleAsync(Ct);
        Assert.Equal((-110, 12.5), (message.Rssi!.Value, message.Snr!.Value));
        var reception = await db.SigfoxReceptions.SingleAsync(Ct);
        Assert.Equal((uplink.MessageId, true, "GOOD", 56.15), (reception.MessageId, reception.IsMerged, reception.LinkQuality, reception.Latitude));
        var state = await StateAsync();
        Assert.Equal((2, "GOOD", 10.2, 2500, "IoT Denmark"), (state.Stations, state.LinkQuality, state.Longitude, state.Radius, state.OperatorName));
    }

    [Fact]
    public async Task Metadata_WhateverIsInIt_StopsNobody()
    {
        var callback = SigfoxCallback.Read(Encoding.UTF8.GetBytes(ReceiveSigfoxCallbackTests.Callback()), out _)!;
        foreach (var (i, odd) in new[]
        {
            "[]", "7", "{}", """{"duplicates":"","computedLocation":"","lqi":""}""", """{"duplicates":[7,{"bsId":"\u0000","rssi":"x"},{"bsId":"\ud800"}],"lqi":"\u0000"}""",
            $$"""{"duplicates":[{"bsId":"{{new string('a', 1000)}}","rssi":1e308}],"operatorName":"{{new string('ø', 2000)}}"}""",
            """{"computedLocation":{"lat":0,"lng":0}}""", """{"computedLocation":{"lat":91,"lng":181,"radius":1e999}}""", "not JSON at all",
        }.Index())
        {
            await StoreAsync((callback with { SequenceNumber = i }).ToReception(_device.Id, Now, Encoding.UTF8.GetBytes(odd)));
        }

        await StoreAsync(callback.ToReception(987654, Now, Metadata()), Told(SigfoxCallbackKind.Error, """{"severity":"\u0000","info":"\ud800"}""", minute: 1));
        await StoreAsync(Told(SigfoxCallbackKind.Status, """{"battery":3}""", minute: 1));

        Assert.Equal(3, (await StateAsync()).Battery);
        Assert.Null((await StateAsync()).Latitude);
    }

    [Fact]
    public async Task Receptions_OfMessagesThatAreNotKept_AreForgotten()
    {
        var callback = SigfoxCallback.Read(Encoding.UTF8.GetBytes(ReceiveSigfoxCallbackTests.Callback()), out _)!;
        await StoreAsync(callback.ToReception(_device.Id, Now.AddDays(-200), Metadata()), (callback with { SequenceNumber = 1 }).ToReception(_device.Id, Now, Metadata()));

        await ActivatorUtilities.CreateInstance<MergeReceptionsJob>(Services()).RunAsync(Ct);

        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM sigfox_receptions"));
    }

    private static byte[] Metadata() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        lqi = "GOOD",
        operatorName = "IoT Denmark",
        duplicates = new[] { new { bsId = "0A1B", nbRep = 3, rssi = -110.0, snr = 9.5 }, new { bsId = "0A1C", nbRep = 1, rssi = -121.0, snr = 12.5 } },
        computedLocation = new { lat = 56.15, lng = 10.2, radius = 2500, source = 2, status = 1 },
    });

    private SigfoxEvent Told(SigfoxCallbackKind kind, string payload, int minute, bool receivedLater = false) => new()
    {
        EventId = Guid.CreateVersion7(),
        Kind = kind,
        DeviceId = _device.Id,
        ReceivedAt = receivedLater ? TimeProvider.System.GetUtcNow().AddSeconds(1) : Now.AddMinutes(minute),
        SentAt = Now.AddMinutes(minute),
        DeduplicationId = $"{kind}-{minute}",
        Payload = Encoding.UTF8.GetBytes(payload),
    };

    // Through the record, as it travels.
    private Task StoreAsync(params SigfoxEvent[] events) => new SigfoxEventStore(_database.DataSource).StoreAsync(
        [.. events.Select(e => SigfoxEvent.From(e.ToRecord()))], _ => { }, Ct);

    private async Task StoreMessageAsync(UplinkReceived uplink)
    {
        var read = UplinkReceived.From(uplink.ToRecord());
        await _database.ExecuteAsync($"INSERT INTO uplink_firsts (message_id, received_at) VALUES ('{read.MessageId}', '{read.ReceivedAt:O}')");
        await new MessageStore(_database.DataSource, TimeProvider.System).StoreAsync([read], Ct);
    }

    private ServiceProvider Services() => new ServiceCollection()
        .AddLogging().AddSingleton(_database.DataSource).AddSingleton(TimeProvider.System).AddOptions<HistoryOptions>().Services.BuildServiceProvider();

    private async Task<int> ASentDownlinkAsync(int attempts)
    {
        await using var db = _database.CreateContext();
        var item = new DownlinkQueueItem { DeviceId = _device.Id, Payload = [1, 2, 3, 4, 5, 6, 7, 8], State = DownlinkState.Sent, SentAt = Now, Attempts = attempts };
        db.Downlinks.Add(item);
        await db.SaveChangesAsync(Ct);
        return item.Id;
    }

    private async Task<DownlinkQueueItem> DownlinkAsync(int id)
    {
        await using var db = _database.CreateContext();
        return await db.Downlinks.SingleAsync(d => d.Id == id, Ct);
    }

    private async Task<SigfoxState> StateAsync()
    {
        await using var db = _database.CreateContext();
        return await db.SigfoxStates.SingleAsync(s => s.DeviceId == _device.Id, Ct);
    }
}
