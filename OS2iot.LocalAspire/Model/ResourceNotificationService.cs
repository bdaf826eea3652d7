using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource has a new snapshot.</summary>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource { get; } = resource;

    /// <summary>The name of one instance; replicas of a resource differ in it.</summary>
    public string ResourceId { get; } = resourceId;

    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}

/// <summary>Keeps the latest snapshot of each resource and tells whoever watches.</summary>
public class ResourceNotificationService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _latest = [];
    private readonly ConcurrentDictionary<Channel<ResourceEvent>, bool> _watchers = new();

    internal ResourceNotificationService()
    {
    }

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, resource.Name, stateFactory);

    public Task PublishUpdateAsync(
        IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_gate)
        {
            var before = _latest.TryGetValue(resourceId, out var known)
                ? known.Snapshot
                : new CustomResourceSnapshot { ResourceType = resource.GetType().Name, Properties = [], CreationTimeStamp = DateTime.UtcNow };
            var update = new ResourceEvent(resource, resourceId, stateFactory(before));
            _latest[resourceId] = update;
            foreach (var watcher in _watchers.Keys)
            {
                watcher.Writer.TryWrite(update);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>By the name of the instance, or of the resource when it has one instance only.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_gate)
        {
            if (_latest.TryGetValue(resourceId, out resourceEvent))
            {
                return true;
            }

            var instances = _latest.Values.Where(known => IsNamed(known, resourceId)).Take(2).ToList();
            resourceEvent = instances.Count == 1 ? instances[0] : null;
            return resourceEvent is not null;
        }
    }

    /// <summary>The latest snapshot of every resource, then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watcher = Channel.CreateUnbounded<ResourceEvent>();
        lock (_gate)
        {
            foreach (var known in _latest.Values)
            {
                watcher.Writer.TryWrite(known);
            }

            _watchers[watcher] = true;
        }

        try
        {
            await foreach (var update in watcher.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            _watchers.TryRemove(watcher, out _);
        }
    }

    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var update in WatchAsync(cancellationToken))
        {
            if (IsNamed(update, resourceName) && predicate(update))
            {
                return update;
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName, update => targetStates.Contains(update.Snapshot.State?.Text), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, update => update.Snapshot.HealthStatus == HealthStatus.Healthy, cancellationToken);

    internal IReadOnlyList<ResourceEvent> Latest()
    {
        lock (_gate)
        {
            return [.. _latest.Values];
        }
    }

    private static bool IsNamed(ResourceEvent update, string name) =>
        string.Equals(update.Resource.Name, name, StringComparison.OrdinalIgnoreCase) ||
        string.Equals(update.ResourceId, name, StringComparison.OrdinalIgnoreCase);
}
