using OS2iot.Core.Applications;
using OS2iot.Core.Devices;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Storing;

namespace OS2iot.Tests.Storing;

public sealed class MessageStoreTests(PostgreSql postgres)
{
    private static readonly DateTimeOffset At = TimeProvider.System.GetUtcNow();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_WhenMessagesTellSignals_KeepsTheNewestToldOfEachDevice()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (var db = database.CreateContext())
        {
            var application = new Application { Id = 1, Name = "a", Organization = new Organization { Id = 1, Name = "o" } };
            db.Add(new GenericHttpDevice { Id = 1, Name = "d", Application = application, ApiKeyHash = [1], ApiKeyCiphertext = "x" });
            await db.SaveChangesAsync(Ct);
        }

        var store = new MessageStore(database.DataSource, TimeProvider.System);

        // One batch in which the newest tells nothing of one value, and the last in the batch is older.
        var newest = Uplink(3, rssi: null, snr: 7.5);
        await store.StoreAsync([Uplink(1, -100, 1), newest, Uplink(2, -90, 2)], Ct);
        Assert.Equal("-90 7.5", await SignalAsync(database));

        // What tells nothing changes nothing, and what comes late neither.
        var silent = Uplink(5, null, null);
        await store.StoreAsync([silent], Ct);
        await store.StoreAsync([Uplink(4, -50, 9)], Ct);
        Assert.Equal("-90 7.5", await SignalAsync(database));
        Assert.Equal(silent.MessageId, await database.ScalarAsync<Guid>("SELECT last_message_id FROM device_states"));
    }

    private static Task<string> SignalAsync(TestDatabase database) =>
        database.ScalarAsync<string>("SELECT rssi || ' ' || snr FROM device_states WHERE device_id = 1");

    private static UplinkReceived Uplink(int second, double? rssi, double? snr) => new()
    {
        MessageId = Guid.CreateVersion7(),
        DeviceId = 1,
        ApplicationId = 1,
        OrganizationId = 1,
        Network = DeviceType.GenericHttp,
        ReceivedAt = At.AddSeconds(second),
        Rssi = rssi,
        Snr = snr,
        Payload = "1"u8.ToArray(),
    };
}
