using OS2iot.Core.Messaging.PostgreSql;

namespace OS2iot.Tests.Messaging;

public sealed class RecentRecordsTests
{
    private readonly RecentRecords _recent = new();

    [Theory]
    [InlineData(10, new long[] { 12, 13, 20 })]
    [InlineData(11, new long[] { 12, 13, 20 })]
    [InlineData(12, new long[] { 13, 20 })]
    [InlineData(15, new long[] { 20 })]
    [InlineData(20, new long[] { 21 })]
    public void After_APositionThatWasReadPast_IsTheRest(long position, long[] offsets)
    {
        _recent.Add(3, 10, Batch(12, 13, 20));
        _recent.Add(3, 20, Batch(21));

        Assert.Equal(offsets, _recent.After(3, position)?.Offsets);
    }

    [Theory]
    [InlineData(3, 9)]
    [InlineData(3, 21)]
    [InlineData(2, 10)]
    public void After_APositionThatNobodyRead_IsUnknown(short partition, long position)
    {
        _recent.Add(3, 10, Batch(12, 13, 20));
        _recent.Add(3, 20, Batch(21));

        Assert.Null(_recent.After(partition, position));
    }

    [Fact]
    public void Add_BeyondTheLimit_ForgetsTheOldest()
    {
        for (var i = 0; i < 100; i++)
        {
            _recent.Add(0, i, Batch(i + 1));
        }

        Assert.Null(_recent.After(0, 0));
        Assert.NotNull(_recent.After(0, 99));
    }

    [Fact]
    public void Add_OfMoreThanFits_KeepsNothing()
    {
        var batch = new FetchedBatch();
        batch.Add(ALog.Of("a", "b"), 1, 1 << 20);

        _recent.Add(0, 0, batch);

        Assert.Null(_recent.After(0, 0));
    }

    [Fact]
    public void Clear_ForgetsAll()
    {
        _recent.Add(0, 0, Batch(1));

        _recent.Clear();

        Assert.Null(_recent.After(0, 0));
    }

    private static FetchedBatch Batch(params long[] offsets)
    {
        var batch = new FetchedBatch();
        foreach (var offset in offsets)
        {
            batch.Add(ALog.Of("key", $"{offset}"), offset, 10);
        }

        return batch;
    }
}
