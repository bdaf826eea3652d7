using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using OS2iot.Core.Applications;
using OS2iot.Core.Devices;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.Messaging;
using OS2iot.Workers.Storing;

namespace OS2iot.Tests.Storing;

public sealed class DeviceStatesTests(PostgreSql postgres) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private GenericHttpDevice _device = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _device = new GenericHttpDevice
        {
            Name = "Havnen",
            ApiKeyHash = [1],
            ApiKeyCiphertext = "",
            Application = new Application { Name = "Vandstand", Organization = new Organization { Name = "Kommunen" } },
        };
        await using var db = _database.CreateContext();
        db.Add(_device);
        await db.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Note_OfSeveralMessages_KeepsTheNewestAndTheLastSignalThatWasTold()
    {
        using var states = States();
        await states.StartAsync(Ct);
        var newest = AnUplink(minute: 3);

        states.Note([AnUplink(minute: 1, rssi: -90), AnUplink(minute: 2, rssi: -80)]);
        await HasAsync(s => s.Rssi == -80);
        states.Note([newest, AnUplink(minute: 1, rssi: -70)]);
        await HasAsync(s => s.LastMessageId == newest.MessageId);

        var state = await StateAsync();
        Assert.Equal((newest.ReceivedAt, -80.0, _device.ApplicationId), (state!.LastSeenAt, state.Rssi, state.ApplicationId));
        await states.StopAsync(Ct);
    }

    [Fact]
    public async Task Note_JustBeforeTheEnd_IsWrittenDown()
    {
        using var states = States();
        await states.StartAsync(Ct);
        states.Note([AnUplink(minute: 1)]);
        await HasAsync(_ => true);
        var last = AnUplink(minute: 2);

        states.Note([last]);
        await states.StopAsync(Ct);

        Assert.Equal(last.MessageId, (await StateAsync())!.LastMessageId);
    }

    [Fact]
    public async Task Note_OfADeviceThatIsGone_IsNoFailureForTheOthers()
    {
        using var states = States();
        await states.StartAsync(Ct);

        states.Note([AnUplink(minute: 1) with { DeviceId = 987654 }, AnUplink(minute: 1)]);

        await HasAsync(_ => true);
        await states.StopAsync(Ct);
    }

    [Fact]
    public async Task Start_AfterACrash_FindsInTheHistoryWhatWasNotWritten()
    {
        var store = new MessageStore(_database.DataSource, TimeProvider.System);
        var last = AnUplink(minute: 5, rssi: -60);
        await store.StoreAsync([AnUplink(minute: 4), last], Ct);

        using var states = States();
        await states.StartAsync(Ct);

        await HasAsync(s => s.LastMessageId == last.MessageId && s.Rssi == -60);
        await states.StopAsync(Ct);
    }

    private DeviceStates States() => new(_database.DataSource, TimeProvider.System, NullLogger<DeviceStates>.Instance);

    private Task HasAsync(Func<DeviceState, bool> condition) => Eventually.TrueAsync(() => StateAsync().GetAwaiter().GetResult() is { } state && condition(state));

    private async Task<DeviceState?> StateAsync()
    {
        await using var db = _database.CreateContext();
        return await db.DeviceStates.SingleOrDefaultAsync(s => s.DeviceId == _device.Id, Ct);
    }

    private UplinkReceived AnUplink(int minute, double? rssi = null) => new()
    {
        MessageId = Guid.CreateVersion7(),
        DeviceId = _device.Id,
        ApplicationId = _device.ApplicationId,
        OrganizationId = 1,
        Network = DeviceType.GenericHttp,
        ReceivedAt = DateTimeOffset.UnixEpoch.AddYears(56).AddMinutes(minute),
        Rssi = rssi,
        Payload = "{}"u8.ToArray(),
    };
}
