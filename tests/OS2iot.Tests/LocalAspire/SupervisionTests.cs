using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace OS2iot.Tests.LocalAspire;

/// <summary>Real processes, small ones: what the engine starts, when, and what it does when one ends.</summary>
public sealed class SupervisionTests : IAsyncLifetime
{
    private const string UntilStopped = "trap 'echo stopped; exit 0' TERM; echo started; while :; do sleep 0.1; done";
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly string _state = Directory.CreateTempSubdirectory("os2iot-test-").FullName;
    private readonly IDistributedApplicationTestingBuilder _builder;
    private DistributedApplication? _app;

    public SupervisionTests()
    {
        _builder = DistributedApplicationTestingBuilder.Create($"--State={_state}");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Resource_WhenItWaitsForAnother_StartsAfterIt()
    {
        var order = Path.Combine(_state, "order");
        var first = Shell("first", $"sleep 0.4; echo first >> {order}");
        Shell("second", $"echo second >> {order}; {UntilStopped}").WaitForCompletion(first);

        await StartAsync();
        await WaitForAsync("second", KnownResourceStates.Running);
        await WaitForLogAsync("second", "started");

        Assert.Equal(["first", "second"], await File.ReadAllLinesAsync(order, Ct));
        Assert.Equal(KnownResourceStates.Finished, Current("first").State?.Text);
    }

    [Fact]
    public async Task Stop_EndsDependantsFirst()
    {
        var order = Path.Combine(_state, "order");
        var store = Shell("store", $"trap 'echo store >> {order}; exit 0' TERM; echo started; while :; do sleep 0.05; done");
        Shell("host", $"trap 'sleep 0.3; echo host >> {order}; exit 0' TERM; echo started; while :; do sleep 0.05; done").WaitFor(store);
        await StartAsync();
        await WaitForLogAsync("host", "started");

        await _app!.StopAsync(Ct);

        Assert.Equal(["host", "store"], await File.ReadAllLinesAsync(order, Ct));
    }

    [Fact]
    public async Task Process_WhenItIsKilled_IsShownAndStartedAgain()
    {
        Shell("host", UntilStopped);
        await StartAsync();
        await WaitForLogAsync("host", "started");
        var pid = PidOf("host");

        var exited = WaitForAsync("host", KnownResourceStates.Exited);
        using (var process = System.Diagnostics.Process.GetProcessById(pid))
        {
            process.Kill();
        }

        var shown = await exited;
        Assert.Equal(137, shown.Snapshot.ExitCode);
        Assert.Equal(KnownResourceStateStyles.Error, shown.Snapshot.State?.Style);
        await WaitForAsync("host", KnownResourceStates.Running);
        Assert.NotEqual(pid, PidOf("host"));
        Assert.Contains(LogOf("host"), line => line.Contains("exit code 137", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Process_WhenItsProgramIsMissing_IsNotTriedAgain()
    {
        Shell("host", "echo nothing here; exit 127");

        await StartAsync();
        await WaitForAsync("host", KnownResourceStates.FailedToStart);

        await Task.Delay(TimeSpan.FromSeconds(1.5), Ct);
        Assert.Single(LogOf("host"));
    }

    [Fact]
    public async Task Commands_StopStartAndRestart()
    {
        Shell("host", UntilStopped);
        await StartAsync();
        await WaitForLogAsync("host", "started");
        var pid = PidOf("host");

        Assert.True((await _app!.ResourceCommands.ExecuteCommandAsync("host", KnownResourceCommands.RestartCommand, Ct)).Success);
        await WaitForAsync("host", KnownResourceStates.Running);
        Assert.NotEqual(pid, PidOf("host"));

        await _app.ResourceCommands.ExecuteCommandAsync("host", KnownResourceCommands.StopCommand, Ct);
        Assert.Equal(KnownResourceStates.Exited, Current("host").State?.Text);

        await _app.ResourceCommands.ExecuteCommandAsync("host", KnownResourceCommands.StartCommand, Ct);
        await WaitForAsync("host", KnownResourceStates.Running);
        Assert.False((await _app.ResourceCommands.ExecuteCommandAsync("host", "dance", Ct)).Success);
    }

    [Fact]
    public async Task Secret_IsKeptForTheNextRunAndShownNowhere()
    {
        var secret = _builder.AddParameter("key", new GenerateParameterDefault { MinLength = 32 }, secret: true, persist: true);
        Shell("host", "echo \"the key is $KEY\"; " + UntilStopped).WithEnvironment("KEY", secret);
        await StartAsync();
        await WaitForLogAsync("host", "started");

        var file = Path.Combine(_state, "secrets", "key");
        var value = await File.ReadAllTextAsync(file, Ct);
        Assert.Equal(32, value.Length);
        Assert.True(OperatingSystem.IsLinux() && File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(value, await secret.Resource.GetValueAsync(Ct));
        Assert.Contains(LogOf("host"), line => line.EndsWith("the key is ******", StringComparison.Ordinal));
        Assert.DoesNotContain(value, await File.ReadAllTextAsync(Path.Combine(_state, "logs", "host.log"), Ct), StringComparison.Ordinal);
        Assert.DoesNotContain(value, await File.ReadAllTextAsync($"/proc/{PidOf("host")}/cmdline", Ct), StringComparison.Ordinal);
        Assert.Equal("******", Current("host").EnvironmentVariables.Single(variable => variable.Name == "KEY").Value);
    }

    private IResourceBuilder<ExecutableResource> Shell(string name, string script) =>
        _builder.AddExecutable(name, "sh", _state, "-c", script);

    private async Task StartAsync()
    {
        _app = await _builder.BuildAsync(Ct);
        await _app.StartAsync(Ct);
    }

    private Task<ResourceEvent> WaitForAsync(string name, string state) =>
        _app!.ResourceNotifications.WaitForResourceAsync(name, update => update.Snapshot.State?.Text == state, Ct)
            .WaitAsync(TimeSpan.FromSeconds(20), Ct);

    private async Task WaitForLogAsync(string name, string text)
    {
        while (!LogOf(name).Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            await Task.Delay(20, Ct);
        }
    }

    private List<string> LogOf(string name) =>
        [.. _app!.Services.GetRequiredService<ResourceLoggerService>().Of(name).Lines().Select(line => line.Content)];

    private CustomResourceSnapshot Current(string name) =>
        _app!.ResourceNotifications.TryGetCurrentState(name, out var current) ? current.Snapshot : throw new InvalidOperationException(name);

    private int PidOf(string name) => Convert.ToInt32(
        Current(name).Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
}
