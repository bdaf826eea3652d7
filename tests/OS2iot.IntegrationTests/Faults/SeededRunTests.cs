using System.Net;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>Whatever is killed, cut off or misbehaves: what was acknowledged is not lost.</summary>
[Collection(FaultsCollection.Name)]
public sealed class SeededRunTests(ITestOutputHelper output)
{
    private const int Devices = 24;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    /// <summary>Half of them on each log.</summary>
    public static IEnumerable<TheoryDataRow<int, LogKind>> Seeds =>
        FaultForm.Seeds.Select(seed => new TheoryDataRow<int, LogKind>(seed, seed % 2 == 1 ? LogKind.PostgreSql : LogKind.Kafka));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AcknowledgedMessages_WhenAnythingMayFail_AreDeliveredOrDeadLettersAndKeptInOrder(int seed, LogKind log)
    {
        var ct = TestContext.Current.CancellationToken;
        var plan = FaultPlan.Draw(seed, log, FaultForm.Duration);
        output.WriteLine($"{plan}");
        var settings = plan.LastTargetDies ? new Dictionary<string, string> { ["Delivery__GiveUpAfter"] = "00:00:10" } : [];
        await using var scene = await FaultScene.StartAsync(log, Devices, targets: 1 + FaultPlan.MoodyTargets, settings);
        using var load = new DeviceLoad(scene.Ingest.Port, scene.Devices);
        var checker = new HistoryChecker(scene, load);

        await load.RunAsync(Pause, Task.Delay(Calm, ct), ct);
        var calm = await checker.CheckAsync(seed);
        Assert.Empty(calm.Lost);
        Assert.InRange(calm.Duplicates, 0, calm.Accepted / 100);

        var injector = new FaultInjector(scene);
        var trouble = injector.RunAsync(plan, ct);
        await load.RunAsync(Pause, trouble, ct);
        await trouble;
        await injector.HealAsync(plan);
        var history = await checker.CheckAsync(seed);

        FaultForm.Report(output, $"{history}");
        output.WriteLine(
            $"Answers: {string.Join(", ", load.Answers.Select(a => $"{a.Value} times {(int)a.Key}"))}, {load.Unanswered} times none. Without faults: {calm}");
        if (history.Lost.Count > 0)
        {
            output.WriteLine($"{scene.Ingest.Output}{Environment.NewLine}{scene.Workers.Output}");
        }

        Assert.True(
            history.Lost.Count == 0,
            $"To run it again: OS2IOT_FAULT_SEEDS={seed} ./test.sh --faults. Lost:{Environment.NewLine}{string.Join(Environment.NewLine, history.Lost)}");
        Assert.Empty(history.OutOfOrder);
        Assert.InRange(history.Accepted, calm.Accepted + Devices, int.MaxValue);
        Assert.All(load.Answers.Keys, status => Assert.Contains(status, new[] { HttpStatusCode.NoContent, HttpStatusCode.ServiceUnavailable }));
    }
}
