using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.Organizations;
using OS2iot.Ingest.Limits;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.Messaging;

namespace OS2iot.Tests.Limits;

public sealed class OrganizationQuotasTests(PostgreSql postgres) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 4, 12, 0, 30, TimeSpan.Zero));
    private readonly LimitsOptions _options = new() { OrganizationPerMinute = 0, OrganizationPerDay = 0 };
    private TestDatabase _database = null!;
    private int _organization;
    private int _neighbour;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        var (one, other) = (new Organization { Name = "one" }, new Organization { Name = "other" });
        await using var db = _database.CreateContext();
        db.AddRange(one, other);
        await db.SaveChangesAsync(Ct);
        (_organization, _neighbour) = (one.Id, other.Id);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Check_WhenTheMinuteIsUsedUp_WaitsForTheNextAndLeavesTheNeighbourAlone()
    {
        _options.OrganizationPerMinute = 3;
        using var quotas = await StartedAsync();
        Send(quotas, _organization, 3);
        Send(quotas, _neighbour, 2);

        Assert.Equal(TimeSpan.FromSeconds(30), quotas.Check(_organization));
        Assert.Equal(TimeSpan.Zero, quotas.Check(_neighbour));

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, quotas.Check(_organization));
        await quotas.StopAsync(Ct);
    }

    [Fact]
    public async Task Check_WhenTheDayIsUsedUpAtAnotherInstance_RefusesUntilTheNextDay()
    {
        await SetAsync("messages_per_day = 10");
        using var one = await StartedAsync();
        using var other = await StartedAsync();
        Send(one, _organization, 7);
        Send(other, _organization, 4);

        await WrittenAsync(11);
        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(_options.QuotaInterval);
            return one.Check(_organization) > TimeSpan.Zero && other.Check(_organization) > TimeSpan.Zero;
        });

        Assert.Equal(TimeSpan.FromHours(1), one.Check(_organization));
        _clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(TimeSpan.Zero, one.Check(_organization));
        await one.StopAsync(Ct);
        await other.StopAsync(Ct);
    }

    [Fact]
    public async Task Stop_WritesDownWhatWasCounted_SoThatTheNextStartKnows()
    {
        await SetAsync("messages_per_day = 5");
        using (var before = await StartedAsync())
        {
            Send(before, _organization, 5);
            await before.StopAsync(Ct);
        }

        using var after = await StartedAsync();
        Send(after, _organization, 1);
        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(_options.QuotaInterval);
            return after.Check(_organization) > TimeSpan.Zero;
        });
        await after.StopAsync(Ct);
    }

    [Fact]
    public async Task Count_OfAnOrganizationThatIsGone_IsNoFailureForTheOthers()
    {
        using var quotas = await StartedAsync();
        Send(quotas, 987654, 1);
        Send(quotas, _organization, 2);

        await WrittenAsync(2);
        await quotas.StopAsync(Ct);
    }

    private async Task<OrganizationQuotas> StartedAsync()
    {
        var quotas = new OrganizationQuotas(_database.DataSource, Options.Create(_options), _clock, NullLogger<OrganizationQuotas>.Instance);
        await quotas.StartAsync(Ct);
        return quotas;
    }

    private Task SetAsync(string what) => _database.ExecuteAsync($"UPDATE organizations SET {what} WHERE id = {_organization}");

    private Task WrittenAsync(long messages) => Eventually.TrueAsync(() =>
    {
        _clock.Advance(_options.QuotaInterval);
        return _database.ScalarAsync<long>($"SELECT coalesce(sum(messages), 0)::bigint FROM organization_usage WHERE organization_id = {_organization}")
            .GetAwaiter().GetResult() == messages;
    });

    private static void Send(OrganizationQuotas quotas, int organization, int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            Assert.Equal(TimeSpan.Zero, quotas.Check(organization));
            quotas.Count(organization);
        }
    }
}
