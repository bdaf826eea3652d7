using System.Reflection;
using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Aspire.Hosting.Publishing;
using Aspire.Hosting.Testing;

namespace Aspire.Hosting;

/// <summary>A described system, ready to be run.</summary>
public class DistributedApplication : IDisposable, IAsyncDisposable
{
    private readonly DistributedApplicationBuilder _builder;
    private readonly LocalEngine _engine;

    internal DistributedApplication(DistributedApplicationBuilder builder)
    {
        _builder = builder;
        _engine = new LocalEngine(builder);
    }

    public IServiceProvider Services => _engine.Services;

    public ResourceNotificationService ResourceNotifications => _engine.Notifications;

    public ResourceCommandService ResourceCommands => _engine.Commands;

    internal IResourceCollection Resources => _builder.Resources;

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        var test = EntryPointRun.Current;
        return new DistributedApplicationBuilder([.. args, .. test?.Args ?? []], test?.AppHost ?? Assembly.GetEntryAssembly(), test);
    }

    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Starts everything, waits for SIGTERM or Ctrl+C, and stops everything.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (_builder.ExecutionContext.IsPublishMode)
            {
                await new ManifestPublisher(_builder).PublishAsync(cancellationToken);
                return;
            }

            await RunUntilAskedToStopAsync(cancellationToken);
        }
        catch (DistributedApplicationException exception)
        {
            // Something the operator can put right: the sentence alone says more than a stack trace would.
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => _engine.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _engine.StopAsync();

    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task RunUntilAskedToStopAsync(CancellationToken cancellationToken)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        void Ask(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (asked.IsCancellationRequested)
            {
                _engine.KillEverything();
            }

            asked.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);
        try
        {
            await _engine.StartAsync(asked.Token);
            await Task.Delay(Timeout.Infinite, asked.Token);
        }
        catch (OperationCanceledException) when (asked.IsCancellationRequested)
        {
            // Asked to stop, during the start or after it.
        }
        finally
        {
            await _engine.DisposeAsync();
        }
    }
}
