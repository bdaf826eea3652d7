using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Applications;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Delivery;
using OS2iot.Workers.Routing;

namespace OS2iot.Tests.Delivery;

public sealed class DeliveryTableTests(PostgreSql postgres) : IAsyncLifetime
{
    private static readonly DeliveryResult Refused = new(DeliveryOutcome.RetryLater, 503, "The target answered 503.");

    private readonly DeliveryOptions _options = new() { Lease = TimeSpan.FromSeconds(60) };
    private TestDatabase _database = null!;
    private DeliveryTable _table = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _table = ATable();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task SaveFirstTries_OfAFailure_KeepsTheDeliveryAndTheTry()
    {
        var delivery = ADelivery(await ATargetAsync());
        var failed = Ended(delivery, Refused);

        await _table.SaveFirstTriesAsync([failed], [new PutOffDelivery(delivery, 1, failed.AttemptedAt.AddSeconds(5), false, "503")], Ct);

        await using var db = _database.CreateContext();
        var row = await db.Deliveries.SingleAsync(Ct);
        Assert.Equal((delivery.Message.MessageId, 1, DeliveryState.Pending, null), (row.MessageId, row.Attempts, row.State, row.LeaseOwner));
        Assert.Equal(delivery.Message.Payload.ToArray(), row.Payload);
        var attempt = await db.DeliveryAttempts.SingleAsync(Ct);
        Assert.Equal((1, 503, DeliveryOutcome.RetryLater), (attempt.Attempt, attempt.StatusCode, attempt.Outcome));
    }

    [Fact]
    public async Task SaveFirstTries_OfTheSameDeliveryAgain_ChangesNothing()
    {
        var delivery = ADelivery(await ATargetAsync());
        var waiting = new PutOffDelivery(delivery, 0, Now(), false, null);

        await _table.SaveFirstTriesAsync([], [waiting], Ct);
        await _table.SaveFirstTriesAsync([], [waiting], Ct);

        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task SaveFirstTries_ForATargetThatIsGone_IsNoFailureForTheOthers()
    {
        var gone = ADelivery(new RoutedTarget(987654, DataTargetTypes.Find("HTTP_PUSH"), new object()));
        var there = ADelivery(await ATargetAsync());

        await _table.SaveFirstTriesAsync([], [Waiting(gone), Waiting(there)], Ct);

        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task ClaimDue_OfOneTargetWithManyRows_LeavesRoomForTheOther()
    {
        var flooded = await ATargetAsync();
        var quiet = await ATargetAsync();
        await _table.SaveFirstTriesAsync([], [.. Enumerable.Range(0, 100).Select(_ => Waiting(ADelivery(flooded))), Waiting(ADelivery(quiet))], Ct);

        var claimed = await _table.ClaimDueAsync(roomOtherwise: 16, [], limit: 500, Ct);

        Assert.Equal(16, claimed.Count(c => c.Message.DataTargetId == flooded.Id));
        Assert.Equal(1, claimed.Count(c => c.Message.DataTargetId == quiet.Id));
    }

    [Fact]
    public async Task ClaimDue_OfATargetWithoutRoom_TakesNone()
    {
        var down = await ATargetAsync();
        var probed = await ATargetAsync();
        await _table.SaveFirstTriesAsync(
            [], [Waiting(ADelivery(down)), Waiting(ADelivery(probed)), Waiting(ADelivery(probed))], Ct);

        var claimed = await _table.ClaimDueAsync(16, [new(down.Id, 0), new(probed.Id, 1)], 500, Ct);

        Assert.Equal(probed.Id, Assert.Single(claimed).Message.DataTargetId);
    }

    [Fact]
    public async Task ClaimDue_OfWhatIsNotDueYet_TakesNone()
    {
        await _table.SaveFirstTriesAsync(
            [], [new PutOffDelivery(ADelivery(await ATargetAsync()), 1, Now().AddMinutes(5), false, null)], Ct);

        Assert.Empty(await _table.ClaimDueAsync(16, [], 500, Ct));
    }

    [Fact]
    public async Task ClaimDue_OfWhatAnotherProcessWorksOn_WaitsForItsLease()
    {
        var delivery = ADelivery(await ATargetAsync());
        await _table.SaveFirstTriesAsync([], [new PutOffDelivery(delivery, 0, Now(), UnderWay: true, null)], Ct);
        var other = ATable();

        Assert.Empty(await other.ClaimDueAsync(16, [], 500, Ct));
        await _database.ExecuteAsync("UPDATE deliveries SET lease_until = now() - interval '1 second'");

        Assert.Equal(delivery.Message.MessageId, Assert.Single(await other.ClaimDueAsync(16, [], 500, Ct)).Message.MessageId);
    }

    [Fact]
    public async Task SaveTries_OfADelivery_TakesItOutOfTheTable()
    {
        var delivery = ADelivery(await ATargetAsync());
        await _table.SaveFirstTriesAsync([], [new PutOffDelivery(delivery, 0, Now(), UnderWay: true, null)], Ct);

        await _table.SaveTriesAsync([Ended(delivery, DeliveryResult.Delivered)], Ct);

        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries"));
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM delivery_attempts"));
    }

    [Fact]
    public async Task SaveTries_AfterTheLeaseWentToAnother_LeavesTheRowToIt()
    {
        var delivery = ADelivery(await ATargetAsync());
        await _table.SaveFirstTriesAsync([], [Waiting(delivery)], Ct);
        Assert.Single(await ATable().ClaimDueAsync(16, [], 500, Ct));

        await _table.SaveTriesAsync([Ended(delivery, DeliveryResult.Delivered)], Ct);

        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task SaveTries_OfTheTenthFailure_MakesADeadLetter()
    {
        var delivery = ADelivery(await ATargetAsync()) with { AttemptsBefore = 9 };
        await _table.SaveFirstTriesAsync([], [new PutOffDelivery(delivery, 9, Now(), UnderWay: true, null)], Ct);

        await _table.SaveTriesAsync([Ended(delivery, Refused)], Ct);

        await using var db = _database.CreateContext();
        var row = await db.Deliveries.SingleAsync(Ct);
        Assert.Equal((DeliveryState.Dead, 10, "The target answered 503."), (row.State, row.Attempts, row.LastError));
        Assert.Empty(await _table.ClaimDueAsync(16, [], 500, Ct));
    }

    [Fact]
    public async Task BuryOld_OfADeliveryThatWaitedForDays_MakesADeadLetter()
    {
        await _table.SaveFirstTriesAsync([], [Waiting(ADelivery(await ATargetAsync())), Waiting(ADelivery(await ATargetAsync()))], Ct);
        await _database.ExecuteAsync("UPDATE deliveries SET created_at = now() - interval '4 days' WHERE id = (SELECT min(id) FROM deliveries)");

        Assert.Equal(1, await _table.BuryOldAsync(Ct));
        Assert.Single(await _table.ClaimDueAsync(16, [], 500, Ct));
    }

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    private static PutOffDelivery Waiting(OutgoingDelivery delivery) => new(delivery, 0, Now().AddSeconds(-1), UnderWay: false, null);

    private static DeliveryTry Ended(OutgoingDelivery delivery, DeliveryResult result) =>
        new(delivery, result, Now(), TimeSpan.FromMilliseconds(12));

    private static OutgoingDelivery ADelivery(RoutedTarget target) => new(
        new DeliveryMessage
        {
            MessageId = Guid.CreateVersion7(),
            DeviceId = 1,
            ApplicationId = 1,
            OrganizationId = 1,
            ReceivedAt = Now(),
            DataTargetId = target.Id,
            Payload = "{\"a\":1}"u8.ToArray(),
        },
        target,
        ConnectionId: 1,
        PayloadDecoderId: null,
        TraceParent: null);

    private async Task<RoutedTarget> ATargetAsync()
    {
        await using var db = _database.CreateContext();
        var name = Guid.NewGuid().ToString("N");
        var target = new DataTarget
        {
            Name = name,
            Type = "HTTP_PUSH",
            Settings = "{}",
            Application = new Application { Name = name, Organization = new Organization { Name = name } },
        };
        db.DataTargets.Add(target);
        await db.SaveChangesAsync(Ct);
        return new RoutedTarget(target.Id, DataTargetTypes.Find("HTTP_PUSH"), new object());
    }

    private DeliveryTable ATable() => new(_database.DataSource, Options.Create(_options), TimeProvider.System);
}
