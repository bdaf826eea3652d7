using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Engine;

/// <summary>Runs a described system as processes of this machine.</summary>
internal sealed class LocalEngine : IAsyncDisposable
{
    private const string InstanceAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int InstanceSuffixLength = 8;

    private readonly DistributedApplicationBuilder _builder;
    private readonly ServiceProvider _services;
    private readonly SecretMask _mask = new();
    private readonly ResourceLoggerService _logs;
    private readonly SnapshotFactory _snapshots;
    private readonly Lock _echo = new();
    private readonly CancellationTokenSource _ending = new();
    private IReadOnlyList<ResourceRunner> _runners = [];
    private OrphanGuard? _guard;
    private DashboardSession? _dashboard;
    private IDisposable? _stateLock;
    private Task _mirroring = Task.CompletedTask;

    public LocalEngine(DistributedApplicationBuilder builder)
    {
        _builder = builder;
        _snapshots = new SnapshotFactory(_mask);
        _logs = new ResourceLoggerService(OpenLog);
        Commands = new ResourceCommandService(ExecuteAsync);

        builder.Services.AddSingleton(Notifications);
        builder.Services.AddSingleton(Commands);
        builder.Services.AddSingleton(_logs);
        builder.Services.AddSingleton<IConfiguration>(builder.Configuration);
        builder.Services.AddSingleton(builder.Environment);
        builder.Services.AddSingleton(builder.ExecutionContext);
        builder.Services.AddSingleton(new DistributedApplicationModel(builder.Resources));
        builder.Services.AddLogging();
        _services = builder.Services.BuildServiceProvider();
    }

    public IServiceProvider Services => _services;

    public ResourceNotificationService Notifications { get; } = new();

    public ResourceCommandService Commands { get; }

    public IReadOnlyList<ResourceRunner> Runners => _runners;

    /// <summary>Starts everything and returns; what waits for something else goes on by itself.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _builder.StateFolder.Create();
        _stateLock = _builder.StateFolder.Lock();
        _guard = new OrphanGuard();
        await _builder.Eventing.PublishAsync(
            new BeforeStartEvent(Services, new DistributedApplicationModel(_builder.Resources)), cancellationToken);

        var ports = new PortAllocator(_builder.StateFolder);
        ports.Allocate(_builder.Resources);
        LearnSecrets();
        _runners = [.. _builder.Resources.SelectMany(CreateRunners)];
        PublishInitialSnapshots();
        _mirroring = MirrorParentsAsync(_ending.Token);
        if (!_builder.IsTest)
        {
            _dashboard = new DashboardSession(this, _logs.Of("dashboard"), _builder, _guard, _mask);
            await _dashboard.StartAsync(ports, cancellationToken);
        }

        await Task.WhenAll(_runners.Select(runner => runner.StartAsync()));
    }

    public async Task StopAsync()
    {
        foreach (var group in StopOrder.Of(_runners))
        {
            await Task.WhenAll(group.Select(runner => runner.StopAsync()));
        }
    }

    /// <summary>For the impatient second Ctrl+C.</summary>
    public void KillEverything()
    {
        foreach (var runner in _runners)
        {
            runner.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }

        await StopAsync();
        await _ending.CancelAsync();
        await _mirroring;
        if (_dashboard is not null)
        {
            await _dashboard.DisposeAsync();
        }

        foreach (var runner in _runners)
        {
            runner.Dispose();
        }

        _guard?.Dispose();
        foreach (var name in _builder.Resources.Select(resource => resource.Name))
        {
            _logs.Of(name).Dispose();
        }

        _stateLock?.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>The log of an instance (<c>api-x7k2m9qp</c>) or of a resource (<c>api</c>).</summary>
    public ConsoleLog LogOf(string name) => _runners.FirstOrDefault(runner => runner.InstanceName == name)?.Log ?? _logs.Of(name);

    public Task<ExecuteCommandResult> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        var runners = _runners.Where(runner => runner.InstanceName == name || runner.Resource.Name == name).ToList();
        if (runners.Count == 0)
        {
            return Task.FromResult(CommandResults.Failure($"{name} is not something the local engine starts or stops."));
        }

        return CarryOutAsync(runners, command).WaitAsync(cancellationToken);
    }

    private static async Task<ExecuteCommandResult> CarryOutAsync(List<ResourceRunner> runners, string command)
    {
        Func<ResourceRunner, Task>? action = command switch
        {
            _ when command == KnownResourceCommands.StartCommand => runner => runner.StartAsync(),
            _ when command == KnownResourceCommands.StopCommand => runner => runner.StopAsync(),
            _ when command == KnownResourceCommands.RestartCommand => runner => runner.RestartAsync(),
            _ => null,
        };
        if (action is null)
        {
            return CommandResults.Failure($"There is no command named '{command}'.");
        }

        await Task.WhenAll(runners.Select(action));
        return CommandResults.Success();
    }

    private IEnumerable<ResourceRunner> CreateRunners(IResource resource)
    {
        if (resource is not (ProjectResource or ExecutableResource or ContainerResource))
        {
            yield break;
        }

        if (resource.WhyNotHere() is { } reason)
        {
            _logs.Of(resource.Name).Write(reason);
            yield break;
        }

        var completesWith = _builder.Resources
            .SelectMany(other => other.Annotations.OfType<WaitAnnotation>())
            .FirstOrDefault(wait => wait.WaitType == WaitType.WaitForCompletion && wait.Resource == resource)?.ExitCode;
        var resolver = new EnvironmentResolver(_builder.ExecutionContext, _builder.Environment, () => _dashboard?.Telemetry);
        var planner = new ProcessPlanner(resolver, _builder.AppHostAssembly, _builder.AppHostDirectory);
        var context = new RunnerContext(Notifications, planner, _snapshots, _guard!, TimeProvider.System);
        var replicas = resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
        for (var replica = 1; replica <= replicas; replica++)
        {
            var suffix = RandomNumberGenerator.GetString(InstanceAlphabet, InstanceSuffixLength);
            var log = _logs.Of(replicas == 1 ? resource.Name : $"{resource.Name}-{replica}");
            yield return new ResourceRunner(resource, $"{resource.Name}-{suffix}", suffix, completesWith, log, context);
        }
    }

    private void PublishInitialSnapshots()
    {
        foreach (var resource in _builder.Resources)
        {
            var names = _runners.Where(runner => runner.Resource == resource).Select(runner => runner.InstanceName).DefaultIfEmpty(resource.Name);
            var parent = (resource as IResourceWithParent)?.Parent;
            var parentName = _runners.FirstOrDefault(runner => runner.Resource == parent)?.InstanceName ?? parent?.Name;
            foreach (var name in names)
            {
                _ = Notifications.PublishUpdateAsync(resource, name, _ => _snapshots.Initial(resource, parentName));
            }
        }
    }

    private void LearnSecrets()
    {
        foreach (var parameter in _builder.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret))
        {
            _mask.Add(parameter.Value);
        }
    }

    /// <summary>Resources inside another show its state.</summary>
    private async Task MirrorParentsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var update in Notifications.WatchAsync(cancellationToken))
            {
                foreach (var child in _builder.Resources.OfType<IResourceWithParent>().Where(child => child.Parent == update.Resource))
                {
                    _ = Notifications.PublishUpdateAsync(child, snapshot => SnapshotFactory.OfChild(snapshot, update.Snapshot));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private ConsoleLog OpenLog(string name)
    {
        var path = Path.Combine(_builder.StateFolder.Folder("logs"), $"{name}.log");
        return new ConsoleLog(path, _mask, _builder.IsTest ? null : line => Echo(name, line));
    }

    private void Echo(string name, string line)
    {
        lock (_echo)
        {
            Console.WriteLine($"[{name}] {line}");
        }
    }
}
