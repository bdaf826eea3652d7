using System.Diagnostics;
using System.Text;
using OS2iot.Core.Messaging;

namespace OS2iot.Tests.Messaging;

/// <summary>What every log promises, whatever stands behind it.</summary>
public abstract class MessageLogContract
{
    protected static readonly TimeSpan AppendTimeout = TimeSpan.FromSeconds(2);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected static LogTopic Topic => LogTopic.Uplinks;

    /// <summary>A process of its own on the log of this test.</summary>
    protected abstract Task<LogHost> StartHostAsync();

    /// <summary>How long after a process vanished another has its partitions.</summary>
    protected virtual int TakeOverSeconds => 15;

    [Fact]
    public async Task Consume_WhenARecordWasAppended_GetsItAsItWas()
    {
        await using var host = await StartHostAsync();
        var value = new byte[256];
        Random.Shared.NextBytes(value);
        await host.Log.AppendAsync(Topic, new LogRecord { Key = "7", Value = value, Headers = [new("a", "1"), new("message-id", "x"), new("tom", "")] }, Ct);

        await using var reader = new Reader(host, Topic, "readers");
        await Eventually.TrueAsync(() => reader.Records.Count == 1);

        var record = reader.Records.Single();
        Assert.Equal("7", record.Key);
        Assert.Equal(value, record.Value.ToArray());
        Assert.Equal([new("a", "1"), new("message-id", "x"), new("tom", "")], record.Headers);
    }

    [Theory]
    [InlineData("æøå ÆØÅ ß € 你好 עברית")]
    [InlineData("😀👩‍👩‍👧 𝕏")]
    [InlineData("\"quotes\" \\ / <b> & '\r\n\t\b\f")]
    [InlineData("\0 zero \u0001\u001f\u007f\u2028\ufeff")]
    public async Task Consume_WhenHeadersHaveAnyUnicode_GetsThemAsTheyWere(string text)
    {
        await using var host = await StartHostAsync();
        await host.Log.AppendAsync(Topic, new LogRecord { Key = "nøgle", Value = Encoding.UTF8.GetBytes(text), Headers = [new(LogHeaders.DeduplicationId, text)] }, Ct);

        await using var reader = new Reader(host, Topic, "readers");
        await Eventually.TrueAsync(() => reader.Records.Count == 1);

        Assert.Equal("nøgle", reader.Records.Single().Key);
        Assert.Equal(text, reader.Records.Single().Header(LogHeaders.DeduplicationId));
    }

    [Fact]
    public async Task Consume_WhenValuesAreLarge_GetsAllOfThem()
    {
        await using var host = await StartHostAsync();
        var values = Enumerable.Range(0, 40).Select(i => $"{i % 4}:{i / 4}:" + new string((char)('a' + (i % 20)), 100_000)).ToList();
        await host.Log.AppendAsync(Topic, [.. values.Select((v, i) => ALog.Of($"{i % 4}", v))], Ct);

        await using var reader = new Reader(host, Topic, "readers");
        await reader.HasAsync(40);

        Assert.Equal(values.Order(), reader.Values.Order());
        Assert.Equal(values.Where(v => v.StartsWith("2:", StringComparison.Ordinal)), reader.Values.Where(v => v.StartsWith("2:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Append_WhenARecordCanNotBeTaken_RefusesItAloneAndAtOnce()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);
        var good = Enumerable.Range(1, 49).Select(i => host.Log.AppendAsync(Topic, ALog.Of(1, i), Ct)).ToList();
        var tooLarge = new LogRecord { Key = "1", Value = new byte[LogOptions.MaxRecordBytes + 1] };

        await Assert.ThrowsAsync<ArgumentException>(() => host.Log.AppendAsync(Topic, tooLarge, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Log.AppendAsync(Topic, ALog.Of("zero\0", "x"), Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Log.AppendAsync(Topic, ALog.Of("half \ud83d", "x"), Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Log.AppendAsync(Topic, [ALog.Of(2, 0), tooLarge], Ct));
        await Task.WhenAll(good);

        await reader.HasAsync(50);
        await Task.Delay(300, Ct);
        ALog.AssertInOrder(reader.Values, keys: 1, perKey: 50);
    }

    [Fact]
    public async Task Append_WhenManyDoAtOnce_NothingIsLostAndEachKeyStaysInOrder()
    {
        await using var one = await StartHostAsync();
        await using var two = await StartHostAsync();
        await using var reader = new Reader(one, Topic, "readers");

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async key =>
        {
            var host = key % 2 == 0 ? one : two;
            for (var i = 0; i < 100; i += 4)
            {
                await host.Log.AppendAsync(Topic, ALog.Of(key, i), Ct);
                await host.Log.AppendAsync(Topic, [ALog.Of(key, i + 1), ALog.Of(key, i + 2), ALog.Of(key, i + 3)], Ct);
            }
        }));

        await reader.HasAsync(6000);
        ALog.AssertInOrder(reader.Values, keys: 60, perKey: 100);
        Assert.Equal(6000, reader.Records.Count);
    }

    [Fact]
    public async Task Append_WhenACallerGivesUp_OthersAreConfirmed()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        using var impatient = new CancellationTokenSource();

        var appends = Enumerable.Range(0, 400).Select(i => host.Log.AppendAsync(Topic, ALog.Of(i, 0), i % 2 == 0 ? impatient.Token : Ct)).ToList();
        await impatient.CancelAsync();

        await Task.WhenAll(appends.Where((_, i) => i % 2 == 1));
        await Eventually.TrueAsync(() => Enumerable.Range(0, 200).All(i => reader.Values.Contains($"{(2 * i) + 1}:0")));
    }

    [Fact]
    public async Task Consume_WhenHandlerThrows_GetsTheSameRecordsAgainWhileOtherPartitionsGoOn()
    {
        await using var host = await StartHostAsync();
        var failing = true;
        var refused = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var reader = new Reader(host, Topic, "readers", (batch, _) =>
        {
            if (batch.Any(r => r.Key == "bad") && Volatile.Read(ref failing))
            {
                refused.Enqueue(string.Join(',', batch.Select(ALog.Text)));
                throw new InvalidOperationException("The handler has had enough.");
            }

            return Task.CompletedTask;
        });
        await host.Log.AppendAsync(Topic, [ALog.Of("bad", "bad:0"), ALog.Of("bad", "bad:1")], Ct);
        await Eventually.TrueAsync(() => refused.Count >= 3);
        Assert.Single(refused.Distinct());

        await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 100).Select(i => ALog.Of(i, 0))], Ct);
        await Eventually.TrueAsync(() => reader.Records.Count >= 60);
        Assert.DoesNotContain("bad:0", reader.Values);

        Volatile.Write(ref failing, false);
        await reader.HasAsync(102);
        Assert.Equal(["bad:0", "bad:1"], reader.Values.Where(v => v.StartsWith("bad", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Consume_WhenOneHandlerIsSlow_OtherPartitionsGoOn()
    {
        await using var host = await StartHostAsync();
        var release = new TaskCompletionSource();
        await using var reader = new Reader(host, Topic, "readers", (batch, ct) =>
            batch.Any(r => r.Key == "slow") ? release.Task.WaitAsync(ct) : Task.CompletedTask);
        await host.Log.AppendAsync(Topic, ALog.Of("slow", "slow:0"), Ct);

        for (var round = 0; round < 20; round++)
        {
            await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 64).Select(key => ALog.Of(key, round))], Ct);
        }

        await Eventually.TrueAsync(() => reader.Values.Distinct().Count() >= 40 * 20);
        release.SetResult();
        await reader.HasAsync((64 * 20) + 1);
        ALog.AssertInOrder(reader.Values.Where(v => !v.StartsWith("slow", StringComparison.Ordinal)), keys: 64, perKey: 20);
    }

    [Fact]
    public async Task Consume_WhenStartedAgain_GoesOnWhereItWas()
    {
        await using var host = await StartHostAsync();
        await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 100).Select(i => ALog.Of(i, 0))], Ct);
        await using (var first = new Reader(host, Topic, "readers"))
        {
            await first.HasAsync(100);
        }

        await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 100).Select(i => ALog.Of(i, 1))], Ct);
        await using var second = new Reader(host, Topic, "readers");
        await second.HasAsync(100);

        Assert.All(second.Values, value => Assert.EndsWith(":1", value, StringComparison.Ordinal));
        await Eventually.TrueAsync(() => host.Log.ReadLagAsync(Topic, "readers", Ct).GetAwaiter().GetResult() == 0);
    }

    [Fact]
    public async Task Consume_WhenAGroupIsNew_StartsAtTheOldestRecord()
    {
        await using var host = await StartHostAsync();
        await using var first = new Reader(host, Topic, "first");
        await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 100).Select(i => ALog.Of(i, 0))], Ct);
        await first.HasAsync(100);

        Assert.Equal(100, await host.Log.ReadLagAsync(Topic, "second", Ct));
        await using var second = new Reader(host, Topic, "second");

        await second.HasAsync(100);
        Assert.Equal(100, second.Records.Count);
    }

    [Fact]
    public async Task Consume_WhenAMemberVanishes_AnotherTakesOverAndMissesNothing()
    {
        var vanishing = await StartHostAsync();
        await using var host = await StartHostAsync();
        var held = 0;
        var doomed = new Reader(vanishing, Topic, "readers", async (batch, ct) =>
        {
            if (Interlocked.Add(ref held, batch.Count) > 40)
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
        });
        for (var i = 0; i < 10; i++)
        {
            await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 20).Select(key => ALog.Of(key, i))], Ct);
        }

        await Eventually.TrueAsync(() => Volatile.Read(ref held) > 40);
        await vanishing.KillAsync();
        await doomed.StopAsync();

        await using var heir = new Reader(host, Topic, "readers");
        await Eventually.TrueAsync(
            () => doomed.Values.Concat(heir.Values).Distinct().Count() == 200, TakeOverSeconds + 10,
            () => $"{doomed.Values.Concat(heir.Values).Distinct().Count()} of 200 values came");
        Assert.NotEmpty(heir.Records);
        ALog.AssertInOrder(doomed.Values.Concat(heir.Values), keys: 20, perKey: 10);
        await doomed.DisposeAsync();
        await vanishing.DisposeAsync();
    }

    [Fact]
    public async Task Consume_WhenMembersComeAndGo_ThePartitionsAreShared()
    {
        await using var one = await StartHostAsync();
        await using var two = await StartHostAsync();
        await using var three = await StartHostAsync();
        var number = 0;
        async Task<int[]> SharesAsync(params Reader[] readers)
        {
            // Each round, every partition gets a record: how many keys a member is given tells how much it has.
            var before = readers.Select(r => r.Records.Count).ToArray();
            await Eventually.TrueAsync(() => Succeeds(() => one.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 200).Select(key => ALog.Of(key, number))], Ct)));
            number++;
            await Eventually.TrueAsync(() => readers.Sum(r => r.Records.Count) >= before.Sum() + 200, seconds: 60);
            return [.. readers.Select((r, i) => r.Records.Count - before[i])];
        }

        async Task SettleAsync(int least, params Reader[] readers)
        {
            int[] shares = [];
            for (var attempt = 0; attempt < 200 && !(shares.Length > 0 && shares.All(s => s >= least)); attempt++)
            {
                shares = await SharesAsync(readers);
                await Task.Delay(250, Ct);
            }

            Assert.All(shares, share => Assert.True(share >= least, string.Join(' ', shares)));
        }

        await using var a = new Reader(one, Topic, "readers");
        await SettleAsync(200, a);
        await using var b = new Reader(two, Topic, "readers");
        await SettleAsync(50, a, b);
        var c = new Reader(three, Topic, "readers");
        await SettleAsync(30, a, b, c);
        await c.DisposeAsync();
        await SettleAsync(50, a, b);

        // A record that came twice can have stood for one that was still to come.
        await Eventually.TrueAsync(() => a.Values.Concat(b.Values).Concat(c.Values).Distinct().Count() >= 200 * number, seconds: 60);
        ALog.AssertInOrder(a.Values.Concat(b.Values).Concat(c.Values).OrderBy(v => v.Split(':')[1].PadLeft(5)), keys: 200, perKey: number);
    }

    [Fact]
    public async Task Append_WhenTheLogIsAway_ThrowsInTimeAndRecoversByItself()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);
        await host.Log.PingAsync(Ct);

        host.Cut();
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            await Assert.ThrowsAsync<LogUnavailableException>(() => host.Log.AppendAsync(Topic, ALog.Of(2, i), Ct));
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, AppendTimeout + TimeSpan.FromSeconds(4));
        }

        await Assert.ThrowsAsync<LogUnavailableException>(() => host.Log.PingAsync(Ct));

        host.Mend();
        await Eventually.TrueAsync(() => Succeeds(() => host.Log.AppendAsync(Topic, ALog.Of(1, 1), Ct)));
        await Eventually.TrueAsync(() => Succeeds(() => host.Log.PingAsync(Ct)));
        await Eventually.TrueAsync(() => reader.Values.Contains("1:1"));
    }

    [Fact]
    public async Task Append_WhenTheLogIsAwayForLong_RefusesInsteadOfFillingTheMemory()
    {
        await using var host = await StartHostAsync();
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);
        host.Cut();

        var value = new string('x', 50_000);
        var appends = Enumerable.Range(0, 1000).Select(i => host.Log.AppendAsync(Topic, ALog.Of($"{i}", value), Ct)).ToList();

        // 50 MB do not fit: what exceeds is refused at once, before the time of the rest is over.
        Assert.True(appends.Count(a => a.IsFaulted) > 500, $"{appends.Count(a => a.IsFaulted)} of 1000 were refused at once");
        foreach (var append in appends)
        {
            await Assert.ThrowsAsync<LogUnavailableException>(() => append);
        }

        host.Mend();
    }

    protected static bool Succeeds(Func<Task> attempt)
    {
        try
        {
            attempt().GetAwaiter().GetResult();
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }
}
