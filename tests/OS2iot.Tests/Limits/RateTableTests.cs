using Microsoft.Extensions.Time.Testing;
using OS2iot.Ingest.Limits;

namespace OS2iot.Tests.Limits;

public sealed class RateTableTests
{
    private const int Cells = 1 << 16;

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Take_OfABurst_IsAllowedAndThenHasToWait()
    {
        var table = new RateTable(10, 60, Cells, _clock);

        Assert.Equal(60, Taken(table, 1, 100));
        Assert.InRange(table.Take(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Take_AfterThePause_GoesOnAtTheRate()
    {
        var table = new RateTable(10, 60, Cells, _clock);
        Taken(table, 1, 100);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(20, Taken(table, 1, 100));

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(60, Taken(table, 1, 100));
    }

    [Fact]
    public void Take_WhileOneFloods_CostsNobodyElseAnything()
    {
        var table = new RateTable(10, 60, Cells, _clock);
        Taken(table, 0, 10_000);

        var hurt = Enumerable.Range(1, 1_000).Count(neighbour => Taken(table, (ulong)neighbour, 1) == 0);

        Assert.Equal(0, hurt);
    }

    [Fact]
    public async Task Take_FromManyThreads_NeverAllowsMoreThanTheBurst()
    {
        var table = new RateTable(10, 60, Cells, _clock);

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Taken(table, 1, 1_000), TestContext.Current.CancellationToken)));

        Assert.Equal(60, taken.Sum());
    }

    [Fact]
    public void Take_WithoutALimit_AlwaysAllows() => Assert.Equal(1_000, Taken(new RateTable(0, 1, Cells, _clock), 1, 1_000));

    private static int Taken(RateTable table, ulong sender, int tries) => Enumerable.Range(0, tries).Count(_ => table.Take(sender) == TimeSpan.Zero);
}
