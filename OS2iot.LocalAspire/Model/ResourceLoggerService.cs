using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Aspire.Hosting.Engine;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One line a resource wrote.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>What the resources wrote: the last lines of each, and each new one.</summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ConsoleLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<string, ConsoleLog> _open;

    internal ResourceLoggerService(Func<string, ConsoleLog> open)
    {
        _open = open;
    }

    /// <summary>The lines kept so far.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask;
        yield return Of(resourceName).Lines();
    }

    /// <summary>The lines kept so far, then new ones as they come, until the enumeration is cancelled.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => FollowAsync(resourceName);

    internal async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowAsync(
        string resourceName, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var lines in Of(resourceName).FollowAsync(cancellationToken))
        {
            yield return lines;
        }
    }

    internal ConsoleLog Of(string name) => _logs.GetOrAdd(name, _open);
}
