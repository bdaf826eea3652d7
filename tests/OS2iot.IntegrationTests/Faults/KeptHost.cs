using OS2iot.Tests.Fakes;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>One of our hosts as an orchestrator keeps it: whenever its process ends, another one starts on the same port.</summary>
internal sealed class KeptHost : IAsyncDisposable
{
    private const int MaxLooks = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly string _project;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _keeping;
    private volatile HostProcess? _process;
    private volatile Task _mayStart = Task.CompletedTask;
    private volatile bool _wasKilled;
    private int _endedByItself;

    public KeptHost(string project, IReadOnlyDictionary<string, string> environment)
    {
        (_project, _environment) = (project, environment);
        Port = HostProcess.FreePort();
        _keeping = Task.Run(KeepAsync);
    }

    public int Port { get; }

    public int ProcessId => _process?.Id ?? 0;

    /// <summary>Ends that nobody asked for.</summary>
    public int EndedByItself => _endedByItself;

    public string Output => $"{_project}:{Environment.NewLine}{_process?.Output}";

    /// <summary>Ends the process (SIGKILL), and for a while lets no other start.</summary>
    public async Task KillAsync(TimeSpan down)
    {
        var over = Task.Delay(down);
        _mayStart = over;
        _wasKilled = true;
        try
        {
            _process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // Just ended by itself.
        }

        await over;
    }

    public async Task WaitUntilReadyAsync()
    {
        for (var look = 0; look < MaxLooks; look++)
        {
            try
            {
                if (_process is { HasEnded: false } process)
                {
                    await process.WaitUntilReadyAsync();
                    return;
                }
            }
            catch (InvalidOperationException) when (look < MaxLooks - 1)
            {
                // Another one comes.
            }

            await Task.Delay(Pause);
        }

        throw new InvalidOperationException($"{Output} does not come up.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _keeping;
        _stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await using var process = HostProcess.Launch(HostProcess.AssemblyOf(_project), Port, _environment);
            _wasKilled = false;
            _process = process;
            await process.WaitForEndAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stopping.IsCancellationRequested && !_wasKilled)
            {
                Interlocked.Increment(ref _endedByItself);
                await Task.Delay(Pause);
            }

            await _mayStart;
        }
    }
}
