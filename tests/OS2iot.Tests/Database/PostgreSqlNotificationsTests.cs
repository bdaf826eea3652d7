using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using OS2iot.Core.Database;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Database;

public sealed class PostgreSqlNotificationsTests(PostgreSql postgres) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PostgreSqlNotifications _notifications = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateEmptyDatabaseAsync();
        _notifications = new PostgreSqlNotifications(_database.DataSource, TimeProvider.System, NullLogger<PostgreSqlNotifications>.Instance);
        await _notifications.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _notifications.StopAsync(CancellationToken.None);
        _notifications.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Subscribe_WhenNoticesCome_GetsThoseOfItsChannel()
    {
        var one = Subscribe("one");
        var two = Subscribe("two");
        Assert.Equal("(connected)", await NextAsync(one));
        Assert.Equal("(connected)", await NextAsync(two));

        await _database.ExecuteAsync("SELECT pg_notify('one', 'a'); SELECT pg_notify('two', 'b'); SELECT pg_notify('one', 'c');");

        Assert.Equal(["a", "c"], [await NextAsync(one), await NextAsync(one)]);
        Assert.Equal("b", await NextAsync(two));
    }

    [Fact]
    public async Task Subscribe_WhenConnectionIsLost_ConnectsAgainAndSaysSo()
    {
        var notices = Subscribe("one");
        Assert.Equal("(connected)", await NextAsync(notices));

        await _database.DisconnectAllAsync();

        Assert.Equal("(connected)", await NextAsync(notices));
        await using (var other = Npgsql.NpgsqlDataSource.Create(_database.ConnectionString))
        {
            await using var command = other.CreateCommand("SELECT pg_notify('one', 'again')");
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal("again", await NextAsync(notices));
    }

    [Fact]
    public async Task Subscribe_WhenACallbackThrows_OthersAreCalled()
    {
        using var _ = _notifications.Subscribe("one", _ => throw new InvalidOperationException(), () => throw new InvalidOperationException());
        var notices = Subscribe("one");
        Assert.Equal("(connected)", await NextAsync(notices));

        await _database.ExecuteAsync("SELECT pg_notify('one', 'a')");

        Assert.Equal("a", await NextAsync(notices));
    }

    private ChannelReader<string> Subscribe(string channel)
    {
        var notices = Channel.CreateUnbounded<string>();
        _notifications.Subscribe(channel, payload => notices.Writer.TryWrite(payload), () => notices.Writer.TryWrite("(connected)"));
        return notices.Reader;
    }

    private static async Task<string> NextAsync(ChannelReader<string> notices) =>
        await notices.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
}
