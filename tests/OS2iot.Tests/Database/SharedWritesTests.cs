using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Workers.Database;

namespace OS2iot.Tests.Database;

public sealed class SharedWritesTests
{
    [Fact]
    public async Task Write_WhenOneIsUnderWay_GathersTheOthersForTheNext()
    {
        var firstMayEnd = new TaskCompletionSource();
        var written = new ConcurrentQueue<int[]>();
        var writes = new SharedWrites<int>(100, async (items, _) =>
        {
            written.Enqueue([.. items]);
            await (written.Count == 1 ? firstMayEnd.Task : Task.CompletedTask);
        }, TimeProvider.System);

        var first = writes.WriteAsync([1], TestContext.Current.CancellationToken);
        await WaitUntil(() => written.Count == 1);
        var others = Task.WhenAll(
            writes.WriteAsync([2, 3], TestContext.Current.CancellationToken), writes.WriteAsync([4], TestContext.Current.CancellationToken));
        firstMayEnd.SetResult();
        await Task.WhenAll(first, others);

        Assert.Equal<int[]>([[1], [2, 3, 4]], written);
    }

    [Fact]
    public async Task Write_JustAfterAnother_GathersForAMoment()
    {
        var clock = new FakeTimeProvider();
        var written = new ConcurrentQueue<int[]>();
        var writes = new SharedWrites<int>(100, (items, _) =>
        {
            written.Enqueue([.. items]);
            return Task.CompletedTask;
        }, clock);
        await writes.WriteAsync([1], TestContext.Current.CancellationToken);

        var calls = new[] { 2, 3 }.Select(n => writes.WriteAsync([n], TestContext.Current.CancellationToken)).ToList();
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Single(written);
        await WaitUntil(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return calls.TrueForAll(c => c.IsCompleted);
        });

        Assert.Equal<int[]>([[1], [2, 3]], written);
    }

    [Fact]
    public async Task Write_WhenOneOfManyIsAtFault_FailsThatOneAlone()
    {
        var mayStart = new TaskCompletionSource();
        var writes = new SharedWrites<int>(100, async (items, _) =>
        {
            await mayStart.Task;
            if (items.Contains(13))
            {
                throw new InvalidOperationException("13");
            }
        }, TimeProvider.System);

        var calls = new[] { 1, 13, 2 }.Select(n => writes.WriteAsync([n], TestContext.Current.CancellationToken)).ToList();
        mayStart.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => calls[1]);
        await Task.WhenAll(calls[0], calls[2]);
    }

    [Fact]
    public async Task Write_WhenItsCallerLeaves_GoesOnForTheOthers()
    {
        var mayEnd = new TaskCompletionSource();
        var writes = new SharedWrites<int>(100, (_, _) => mayEnd.Task, TimeProvider.System);
        using var leaving = new CancellationTokenSource();

        var left = writes.WriteAsync([1], leaving.Token);
        var stays = writes.WriteAsync([2], TestContext.Current.CancellationToken);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        mayEnd.SetResult();

        await stays;
    }

    [Fact]
    public async Task Write_WhenMoreWaitsThanFits_TakesSeveralRounds()
    {
        var mayStart = new TaskCompletionSource();
        var sizes = new ConcurrentQueue<int>();
        var writes = new SharedWrites<int>(3, async (items, _) =>
        {
            await mayStart.Task;
            sizes.Enqueue(items.Count);
        }, TimeProvider.System);

        var calls = Enumerable.Range(0, 7).Select(n => writes.WriteAsync([n], TestContext.Current.CancellationToken)).ToList();
        mayStart.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal(7, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 1, 3));
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
