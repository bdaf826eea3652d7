using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Devices;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Duplicates;

namespace OS2iot.Tests.Limits;

public sealed class FirstReceptionsTests(PostgreSql postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Of_ARepeatWithinTheWindow_DropsItInEveryStageAndAfterARestart()
    {
        var first = AnUplink("a", Start);
        var repeat = AnUplink("a", Start.AddHours(23));

        using (var before = Receptions())
        {
            Assert.Equal([first], await before.OfAsync([first], "decoding", Ct));
        }

        using var after = Receptions();
        Assert.Empty(await after.OfAsync([repeat], "decoding", Ct));
        Assert.Equal([first], await after.OfAsync([first, repeat], "storing", Ct));
    }

    [Fact]
    public async Task Of_TheFirstReadAgain_KeepsIt()
    {
        using var receptions = Receptions();
        var first = AnUplink("a", Start);

        await receptions.OfAsync([first, AnUplink("a", Start.AddSeconds(1))], "decoding", Ct);

        Assert.Equal([first], await receptions.OfAsync([first], "decoding", Ct));
    }

    [Fact]
    public async Task Of_TheSameIdAfterTheWindow_KeepsBoth()
    {
        using var receptions = Receptions();
        var first = AnUplink("a", Start);
        var later = AnUplink("a", Start.AddHours(24));

        Assert.Equal([first, later], await receptions.OfAsync([first, later], "decoding", Ct));
        Assert.Equal([first, later], await receptions.OfAsync([first, later], "storing", Ct));
    }

    [Fact]
    public async Task Of_OtherDevicesAndMessagesWithoutAnId_KeepsAll()
    {
        using var receptions = Receptions();
        UplinkReceived[] uplinks = [AnUplink("a", Start), AnUplink("a", Start, device: 2), AnUplink(null, Start), AnUplink(null, Start)];

        Assert.Equal(uplinks, await receptions.OfAsync(uplinks, "decoding", Ct));
    }

    [Fact]
    public async Task Of_TwoReceptionsAtOnce_KeepsOneOfThem()
    {
        using var one = Receptions();
        using var other = Receptions();

        for (var i = 0; i < 20; i++)
        {
            var id = $"at once {i}";
            var kept = await Task.WhenAll(
                one.OfAsync([AnUplink(id, Start)], "decoding", Ct), other.OfAsync([AnUplink(id, Start.AddSeconds(1))], "decoding", Ct));
            Assert.Single(kept.SelectMany(k => k));
        }
    }

    private FirstReceptions Receptions() =>
        new(_source, Options.Create(new DuplicatesOptions()), _services.GetRequiredService<IMeterFactory>());

    private static UplinkReceived AnUplink(string? deduplicationId, DateTimeOffset receivedAt, int device = 1) => new()
    {
        MessageId = UplinkMessageId.Of(device, deduplicationId, receivedAt),
        DeviceId = device,
        ApplicationId = 1,
        OrganizationId = 1,
        Network = DeviceType.GenericHttp,
        ReceivedAt = receivedAt,
        DeduplicationId = deduplicationId,
        Payload = "{}"u8.ToArray(),
    };
}
