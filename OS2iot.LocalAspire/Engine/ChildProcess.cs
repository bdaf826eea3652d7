using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Engine;

/// <summary>What to start and how.</summary>
internal sealed record ProcessPlan(
    string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment,
    PosixSignal StopSignal = PosixSignal.SIGTERM)
{
    /// <summary>It ends by itself soon after the AppHost, and should not before the others had time to say goodbye to it.</summary>
    public bool FollowsAppHost { get; init; }
}

/// <summary>
/// A process of our own, leader of a session of its own: Ctrl+C in the terminal reaches the AppHost only, which then stops
/// everything in order, and whatever the process starts can be ended with it.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;

    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    // What is said to the AppHost is not said to its children.
    private static readonly string[] NotInherited =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "State",
    ];

    private static readonly string[] PrefixesNotInherited = ["Parameters__", "ConnectionStrings__", "Ports__", "Dashboard__", "ASPIRE_"];
    private readonly Process _process;
    private readonly OrphanGuard _guard;
    private readonly PosixSignal _stopSignal;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _openStreams = 2;

    private ChildProcess(Process process, OrphanGuard guard, PosixSignal stopSignal)
    {
        _process = process;
        _guard = guard;
        _stopSignal = stopSignal;
    }

    public int Id { get; private set; }

    /// <summary>The exit code, once there is one and everything the process wrote before has been read.</summary>
    public Task<int> Exited => _exited.Task;

    public static ChildProcess Start(ProcessPlan plan, OrphanGuard guard, Action<string, bool> onLine)
    {
        var process = new Process { StartInfo = Describe(plan), EnableRaisingEvents = true };
        var child = new ChildProcess(process, guard, plan.StopSignal);
        process.OutputDataReceived += (_, line) => Forward(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => Forward(line.Data, isError: true);
        process.Exited += (_, _) => child.OnExited();

        process.Start();
        child.Id = process.Id;
        guard.Add(child.Id, plan.FollowsAppHost ? OrphanGuard.NoSignal : Number(plan.StopSignal));
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;

        void Forward(string? line, bool isError)
        {
            if (line is not null)
            {
                onLine(line, isError);
                return;
            }

            child.OnEndOfStream();
        }
    }

    /// <summary>Asks the process to end, and ends it with all it started when it takes too long.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        if (!Exited.IsCompleted)
        {
            _ = kill(Id, Number(_stopSignal));
            if (await Task.WhenAny(Exited, Task.Delay(patience)) != Exited)
            {
                KillTree();
            }
        }

        return await Exited;
    }

    public void KillTree()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended in the meantime.
        }
    }

    public void Dispose() => _process.Dispose();

    private static ProcessStartInfo Describe(ProcessPlan plan)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = plan.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(plan.FileName);
        foreach (var argument in plan.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(IsNotInherited).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static bool IsNotInherited(string name) =>
        NotInherited.Contains(name, StringComparer.OrdinalIgnoreCase) ||
        PrefixesNotInherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGTERM => Terminate,
        PosixSignal.SIGINT => Interrupt,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Not a stop signal."),
    };

    private void OnEndOfStream()
    {
        if (Interlocked.Decrement(ref _openStreams) == 0)
        {
            _allRead.TrySetResult();
        }
    }

    private void OnExited()
    {
        var exitCode = _process.ExitCode;
        _ = kill(-Id, Kill); // what it started and left behind
        _guard.Remove(Id);
        _allRead.Task.Wait(LastWords); // not for longer: a process of another session may hold the streams open
        _exited.TrySetResult(exitCode);
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable IDE1006 // the name libc gave it
    private static extern int kill(int pid, int signal);
#pragma warning restore IDE1006
}
