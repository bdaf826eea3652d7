using System.Diagnostics;
using System.Runtime.InteropServices;
using Aspire.Hosting.Engine;

namespace OS2iot.Tests.LocalAspire;

public sealed class OrphanGuardTests
{
    private const int Terminate = 15;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Guard_WhenItsPipeCloses_EndsWhatIsLeftAndNothingElse()
    {
        using var ours = Process.Start("sleep", "300");
        using var notOurs = Process.Start("sleep", "300");
        using (var guard = new OrphanGuard())
        {
            guard.Add(ours.Id, Terminate);
            guard.Add(notOurs.Id, Terminate);
            guard.Remove(notOurs.Id);
        }

        await ours.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Long, TestContext.Current.CancellationToken);
        Assert.False(notOurs.HasExited);
        notOurs.Kill();
    }

    [Fact]
    public async Task Guard_WhenAProcessDoesNotListen_KillsItWithItsChildren()
    {
        var ct = TestContext.Current.CancellationToken;
        var child = new TaskCompletionSource<int>();
        var plan = new ProcessPlan(
            "sh", ["-c", "trap '' TERM; sleep 300 & echo $!; wait; wait"], "/", new Dictionary<string, string>(), PosixSignal.SIGTERM);
        ChildProcess stubborn;
        using (var guard = new OrphanGuard())
        {
            stubborn = ChildProcess.Start(
                plan, guard, (line, _) => child.TrySetResult(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)));
            await child.Task.WaitAsync(Long, ct);
        }

        await stubborn.Exited.WaitAsync(Long, ct);
        Assert.False(Directory.Exists($"/proc/{await child.Task}") && await IsRunningAsync(await child.Task, ct));
        stubborn.Dispose();
    }

    private static async Task<bool> IsRunningAsync(int pid, CancellationToken ct) =>
        !(await File.ReadAllTextAsync($"/proc/{pid}/stat", ct)).Contains(") Z", StringComparison.Ordinal);
}
