using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using OS2iot.Core.Messaging;

namespace OS2iot.Tests.Messaging;

/// <summary>One process that uses the log, with a connection of its own.</summary>
public abstract class LogHost : IAsyncDisposable
{
    public abstract IMessageLog Log { get; }

    /// <summary>The log is gone for this host until <see cref="Mend"/>.</summary>
    public abstract void Cut();

    public abstract void Mend();

    /// <summary>The end without a word of farewell.</summary>
    public abstract Task KillAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>A member of a group that remembers what it was given.</summary>
internal sealed class Reader : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<LogRecord> _records = new();
    private readonly Func<IReadOnlyList<LogRecord>, CancellationToken, Task>? _before;
    private readonly Task _reading;

    public Reader(LogHost host, LogTopic topic, string group, Func<IReadOnlyList<LogRecord>, CancellationToken, Task>? before = null)
    {
        _before = before;
        _reading = Task.Run(() => host.Log.ConsumeAsync(topic, group, HandleAsync, _stopping.Token));
    }

    public IReadOnlyCollection<LogRecord> Records => _records;

    public IEnumerable<string> Values => _records.Select(ALog.Text);

    /// <summary>Waits until as many different values came.</summary>
    public Task HasAsync(int values, int seconds = 30) =>
        Eventually.TrueAsync(() => Values.Distinct().Count() >= values, seconds, () => $"{Values.Distinct().Count()} of {values} values came: {string.Join(' ', Values.Take(50))}");

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _reading.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        if (_before is not null)
        {
            await _before(batch, ct);
        }

        foreach (var record in batch)
        {
            _records.Enqueue(record);
        }
    }
}

internal static class ALog
{
    public static LogRecord Of(string key, string value) => new() { Key = key, Value = Encoding.UTF8.GetBytes(value) };

    /// <summary>Values are "key:number".</summary>
    public static LogRecord Of(int key, int number) => Of($"{key}", string.Create(CultureInfo.InvariantCulture, $"{key}:{number}"));

    public static string Text(LogRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    /// <summary>Each key's numbers, without repeats, in the order in which they first came.</summary>
    public static void AssertInOrder(IEnumerable<string> values, int keys, int perKey)
    {
        var byKey = values.Distinct().Select(v => v.Split(':')).GroupBy(v => v[0], v => int.Parse(v[1], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(keys, byKey.Count);
        Assert.All(byKey, key => Assert.Equal(Enumerable.Range(0, perKey), key));
    }
}

internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, int seconds = 20, Func<string>? otherwise = null)
    {
        var until = DateTimeOffset.Now.AddSeconds(seconds);
        while (!condition())
        {
            if (DateTimeOffset.Now > until)
            {
                Assert.Fail(otherwise?.Invoke() ?? "It did not come true in time.");
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
