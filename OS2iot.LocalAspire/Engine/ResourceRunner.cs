using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Engine;

/// <summary>What every runner needs of the engine.</summary>
internal sealed record RunnerContext(
    ResourceNotificationService Notifications, ProcessPlanner Planner, SnapshotFactory Snapshots, OrphanGuard Guard, TimeProvider Clock);

/// <summary>
/// Looks after one process of a resource: waits for what it depends on, starts it, watches its health, and starts it again when
/// it ended by itself.
/// </summary>
internal sealed class ResourceRunner(
    IResource resource, string instanceName, string instanceSuffix, int? completesWith, ConsoleLog log, RunnerContext context)
    : IDisposable
{
    /// <summary>What shells say of a program that is not there (127) or can't be run (126): trying again will not help.</summary>
    private static readonly int[] CannotBeRun = [126, 127];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgainWhenUnhealthy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AskAgainWhenHealthy = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _oneCommand = new(1, 1);
    private readonly IReadOnlyList<HealthProbe> _probes = HealthProbes.Of(resource);
    private CancellationTokenSource? _life;
    private Task _living = Task.CompletedTask;
    private ChildProcess? _process;

    public IResource Resource { get; } = resource;

    public string InstanceName { get; } = instanceName;

    public ConsoleLog Log { get; } = log;

    public bool IsUp => !_living.IsCompleted;

    public async Task StartAsync()
    {
        await _oneCommand.WaitAsync();
        try
        {
            Begin();
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    public async Task StopAsync()
    {
        await _oneCommand.WaitAsync();
        try
        {
            await EndAsync();
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    public async Task RestartAsync()
    {
        await _oneCommand.WaitAsync();
        try
        {
            await EndAsync();
            Begin();
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    public void Kill() => _process?.KillTree();

    public void Dispose()
    {
        _life?.Dispose();
        _oneCommand.Dispose();
    }

    private void Begin()
    {
        if (!IsUp)
        {
            _life = new CancellationTokenSource();
            _living = Task.Run(() => LiveAsync(_life.Token));
        }
    }

    private async Task EndAsync()
    {
        if (_life is not null)
        {
            await _life.CancelAsync();
            await _living;
            _life.Dispose();
            _life = null;
        }
    }

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WaitForDependenciesAsync(cancellationToken);
            await KeepRunningAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped while it waited, or while it was about to be started again.
            if (!KnownResourceStates.TerminalStates.Contains(State()))
            {
                Publish(s => s with { State = new(KnownResourceStates.NotStarted, null), HealthReports = [] });
            }
        }
        catch (Exception exception)
        {
            Log.Write(exception is DistributedApplicationException ? exception.Message : exception.ToString(), isError: true);
            Publish(s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error), HealthReports = [] });
        }
    }

    private async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        var backoff = new RestartBackoff();
        while (true)
        {
            var started = context.Clock.GetTimestamp();
            var exitCode = await RunOnceAsync(cancellationToken);
            if (cancellationToken.IsCancellationRequested || exitCode == completesWith)
            {
                return;
            }

            if (CannotBeRun.Contains(exitCode))
            {
                Publish(s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) });
                return;
            }

            var wait = backoff.After(context.Clock.GetElapsedTime(started));
            Log.Write($"{InstanceName} ended with exit code {exitCode}; it is started again in {wait.TotalSeconds:0} s.", isError: true);
            await Task.Delay(wait, context.Clock, cancellationToken);
        }
    }

    private async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        Publish(s => s with { State = new(KnownResourceStates.Starting, KnownResourceStateStyles.Info), ExitCode = null, StopTimeStamp = null });
        CheckPorts();
        var plan = await context.Planner.PlanAsync(Resource, instanceSuffix, cancellationToken);
        _process = ChildProcess.Start(plan, context.Guard, Log.Write);
        using var process = _process;
        Publish(s => context.Snapshots.Running(s, plan, process.Id, _probes));

        using var health = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchHealthAsync(health.Token);
        await Task.WhenAny(process.Exited, Task.Delay(Timeout.Infinite, cancellationToken));
        var asked = cancellationToken.IsCancellationRequested && !process.Exited.IsCompleted;
        if (asked)
        {
            Publish(s => s with { State = new(KnownResourceStates.Stopping, KnownResourceStateStyles.Info) });
        }

        await health.CancelAsync();
        await watching;
        var exitCode = await process.StopAsync(Patience);
        _process = null;
        Publish(s => SnapshotFactory.Ended(s, exitCode, isFine: asked || exitCode == completesWith, completed: exitCode == completesWith));
        return exitCode;
    }

    private void CheckPorts()
    {
        foreach (var endpoint in Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is not null))
        {
            if (!PortAllocator.IsFree(endpoint.AllocatedEndpoint!.Port))
            {
                Log.Write(
                    $"Port {endpoint.AllocatedEndpoint.Port}, where {Resource.Name} shall listen ({endpoint.Name}), is in use by another program.",
                    isError: true);
            }
        }
    }

    private async Task WaitForDependenciesAsync(CancellationToken cancellationToken)
    {
        var waits = Resource.Annotations.OfType<WaitAnnotation>()
            .Where(wait => wait.Resource is not (ParameterResource or ConnectionStringResource) && wait.Resource.WhyNotHere() is null)
            .ToList();
        if (waits.Count > 0)
        {
            Publish(s => s with { State = new(KnownResourceStates.Waiting, null) });
        }

        foreach (var wait in waits)
        {
            await (wait.WaitType == WaitType.WaitForCompletion
                ? WaitForCompletionAsync(wait, cancellationToken)
                : context.Notifications.WaitForResourceHealthyAsync(wait.Resource.Name, cancellationToken));
        }
    }

    private Task<ResourceEvent> WaitForCompletionAsync(WaitAnnotation wait, CancellationToken cancellationToken) =>
        context.Notifications.WaitForResourceAsync(
            wait.Resource.Name,
            update =>
            {
                var ended = KnownResourceStates.TerminalStates.Contains(update.Snapshot.State?.Text);
                if (ended && update.Snapshot.ExitCode != wait.ExitCode)
                {
                    Log.Write($"{InstanceName} waits: {wait.Resource.Name} has not succeeded.", isError: true);
                }

                return ended && update.Snapshot.ExitCode == wait.ExitCode;
            },
            cancellationToken);

    private async Task WatchHealthAsync(CancellationToken cancellationToken)
    {
        var done = new HashSet<HealthProbe>();
        try
        {
            while (done.Count < _probes.Count)
            {
                var allWell = true;
                foreach (var probe in _probes.Where(probe => !done.Contains(probe)))
                {
                    var problem = await AskAsync(probe, cancellationToken);
                    allWell &= problem is null;
                    if (problem is null && probe.OnlyUntilFirstSuccess)
                    {
                        done.Add(probe);
                    }
                }

                await Task.Delay(allWell ? AskAgainWhenHealthy : AskAgainWhenUnhealthy, context.Clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ended or is to end.
        }
    }

    private async Task<string?> AskAsync(HealthProbe probe, CancellationToken cancellationToken)
    {
        string? problem;
        try
        {
            problem = await probe.AskAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            problem = exception.Message;
        }

        var status = problem is null ? HealthStatus.Healthy : HealthStatus.Unhealthy;
        if (Report(probe)?.Status != status || Report(probe)?.Description != problem)
        {
            var report = new HealthReportSnapshot(probe.Name, status, problem, null) { LastRunAt = DateTime.UtcNow };
            Publish(s => s with { HealthReports = [.. s.HealthReports.Select(r => r.Name == probe.Name ? report : r)] });
        }

        return problem;
    }

    private HealthReportSnapshot? Report(HealthProbe probe) =>
        context.Notifications.TryGetCurrentState(InstanceName, out var current)
            ? current.Snapshot.HealthReports.FirstOrDefault(report => report.Name == probe.Name)
            : null;

    private string? State() =>
        context.Notifications.TryGetCurrentState(InstanceName, out var current) ? current.Snapshot.State?.Text : null;

    private void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        context.Notifications.PublishUpdateAsync(Resource, InstanceName, change);
}
