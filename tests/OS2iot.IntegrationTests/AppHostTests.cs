using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace OS2iot.IntegrationTests;

/// <summary>The AppHost as an operator has it: a process of its own, started, killed and started again.</summary>
public sealed class AppHostTests : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(15);

    private readonly string _state = Directory.CreateTempSubdirectory("os2iot-apphost-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task AppHost_WhenItIsKilled_LeavesNothingBehindAndStartsAgainWithItsData()
    {
        var ct = TestContext.Current.CancellationToken;
        using var first = new AppHostRun(_state);
        await first.UntilReadyAsync(ct);
        var children = first.Children();

        // The shell that ends the others, PostgreSQL, Mosquitto, and five hosts.
        Assert.True(children.Count >= 8, $"Only {children.Count} processes.");
        AssertNoSecretIsOnACommandLine(children);
        Assert.Single(first.Output, line => line.Contains("admin@os2iot.local", StringComparison.Ordinal));

        first.Kill();
        await AllEndAsync(children, ct);

        var secrets = ReadSecrets();
        using var second = new AppHostRun(_state);
        await second.UntilReadyAsync(ct);
        Assert.Equal(secrets, ReadSecrets());
        Assert.DoesNotContain(second.Output, line => line.Contains("admin@os2iot.local", StringComparison.Ordinal));

        children = second.Children();
        second.AskToStop();
        await second.Ended.WaitAsync(EndTimeout, ct);
        await AllEndAsync(children, ct);
    }

    private static async Task AllEndAsync(IReadOnlyList<int> processes, CancellationToken ct)
    {
        var deadline = Stopwatch.StartNew();
        while (processes.Where(IsRunning).ToList() is { Count: > 0 } left)
        {
            Assert.True(deadline.Elapsed < EndTimeout, $"Still there: {string.Join(", ", left.Select(CommandLine))}");
            await Task.Delay(100, ct);
        }
    }

    private void AssertNoSecretIsOnACommandLine(IEnumerable<int> processes)
    {
        var commandLines = string.Join('\n', processes.Select(CommandLine));
        foreach (var secret in ReadSecrets().Append(File.ReadAllLines(Path.Combine(_state, "admin"))[1]))
        {
            Assert.DoesNotContain(secret, commandLines, StringComparison.Ordinal);
        }
    }

    private List<string> ReadSecrets() =>
        [.. Directory.EnumerateFiles(Path.Combine(_state, "secrets")).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    private static string CommandLine(int pid) =>
        File.Exists($"/proc/{pid}/cmdline") ? File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ') : "";

    private static bool IsRunning(int pid) => StatOf(pid) is { } stat && stat[0] != "Z";

    /// <summary>State, id of the parent, and more; nothing when there is no such process.</summary>
    private static string[]? StatOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed class AppHostRun : IDisposable
    {
        private readonly Process _process;
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public AppHostRun(string state)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
            string[] arguments =
            [
                Path.Combine(AppContext.BaseDirectory, "OS2iot.AppHost.dll"), $"--State={state}", "--Simulator:Mode=idle",
                "--Ports:Portal=0", "--Ports:Api=0", "--Ports:Ingest=0", "--Ports:Mqtt=0", "--Ports:MqttCertificate=0", "--Ports:MqttPassword=0", "--Ports:ChirpStack=0",
            ];
            Array.ForEach(arguments, start.ArgumentList.Add);
            start.Environment["DOTNET_ENVIRONMENT"] = "Development";
            start.Environment["ASPIRE_DASHBOARD_PATH"] = "/none"; // not what this is about

            _process = new Process { StartInfo = start };
            _process.OutputDataReceived += (_, line) =>
            {
                Output.Enqueue(line.Data ?? "");
                if (line.Data?.StartsWith("OS2iot is ready:", StringComparison.Ordinal) == true)
                {
                    _ready.TrySetResult();
                }
            };
            _process.Start();
            _process.BeginOutputReadLine();
        }

        public ConcurrentQueue<string> Output { get; } = new();

        public Task Ended => _process.WaitForExitAsync();

        public async Task UntilReadyAsync(CancellationToken ct)
        {
            var first = await Task.WhenAny(_ready.Task, Ended, Task.Delay(StartTimeout, ct));
            Assert.True(first == _ready.Task, $"Not ready:\n{string.Join('\n', Output.TakeLast(60))}");
        }

        public List<int> Children() =>
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && StatOf(pid)?[1] == _process.Id.ToString(CultureInfo.InvariantCulture)),
        ];

        public void Kill() => _process.Kill();

        public void AskToStop()
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                _process.WaitForExit();
            }

            _process.Dispose();
        }
    }
}
