using Confluent.Kafka;
using OS2iot.Simulator.Sinks;
using OS2iot.Tests.Fakes;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>Lets a plan happen to a scene.</summary>
internal sealed class FaultInjector(FaultScene scene)
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// A track waits for what it killed to be back before it goes on: on a slow machine the plan takes longer, but in between things
    /// work as they do on a quick one.
    /// </summary>
    public Task RunAsync(FaultPlan plan, CancellationToken ct) => Task.WhenAll(plan.Steps.GroupBy(step => step.Track).Select(async track =>
    {
        foreach (var step in track)
        {
            await Task.Delay(step.After, ct);
            await RunAsync(step, ct);
        }
    }));

    /// <summary>Everything works again, but for a target that is to stay away.</summary>
    public async Task HealAsync(FaultPlan plan)
    {
        scene.IngestLink.Heal();
        scene.WorkersLink.Heal();
        scene.Kafka?.Up();
        scene.Kafka?.SetRoundTrip(TimeSpan.Zero);
        foreach (var receiver in scene.Receivers.All)
        {
            receiver.Link.Heal();
            receiver.Sink.Faults = new SinkFaults();
        }

        if (plan.LastTargetDies)
        {
            scene.Receivers.All[FaultPlan.MoodyTargets].Link.Cut();
        }

        await scene.WaitUntilReadyAsync();
    }

    private async Task RunAsync(FaultStep step, CancellationToken ct)
    {
        switch (step.Kind)
        {
            case FaultKind.KillIngest:
                await scene.Ingest.KillAsync(step.For);
                await scene.Ingest.WaitUntilReadyAsync();
                break;
            case FaultKind.KillWorkers:
                await scene.Workers.KillAsync(step.For);
                await scene.Workers.WaitUntilReadyAsync();
                break;
            case FaultKind.KillBoth:
                await Task.WhenAll(scene.Ingest.KillAsync(step.For), scene.Workers.KillAsync(step.For));
                await scene.WaitUntilReadyAsync();
                break;
            case FaultKind.CrashPostgreSql:
                await scene.CrashPostgreSqlAsync(step.For);
                break;
            default:
                Begin(step);
                await Task.Delay(step.For, ct);
                End(step);
                break;
        }
    }

    private void Begin(FaultStep step)
    {
        switch (step.Kind)
        {
            case FaultKind.CutIngest:
                scene.IngestLink.Cut();
                break;
            case FaultKind.CutWorkers:
                scene.WorkersLink.Cut();
                break;
            case FaultKind.CutBoth:
                scene.IngestLink.Cut();
                scene.WorkersLink.Cut();
                break;
            case FaultKind.DelayIngest:
                scene.IngestLink.Delay(Late, Late);
                break;
            case FaultKind.DelayWorkers:
                scene.WorkersLink.Delay(Late, Late);
                break;
            case FaultKind.BlackholeIngest:
                scene.IngestLink.Blackhole();
                break;
            case FaultKind.BlackholeWorkers:
                scene.WorkersLink.Blackhole();
                break;
            case FaultKind.ThrottleWorkers:
                scene.WorkersLink.Throttle(bytesPerSecond: 20_000);
                break;
            case FaultKind.LogDown:
                scene.Kafka!.Down();
                break;
            case FaultKind.LogRefusesAppends:
                scene.Kafka!.Fail(
                    KafkaCluster.Request.Produce, ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicasAfterAppend,
                    ErrorCode.LeaderNotAvailable);
                break;
            case FaultKind.LogRefusesReads:
                scene.Kafka!.Fail(KafkaCluster.Request.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.NotLeaderForPartition, ErrorCode.Unknown);
                scene.Kafka!.Fail(KafkaCluster.Request.OffsetCommit, ErrorCode.NotCoordinatorForGroup, ErrorCode.GroupCoordinatorNotAvailable);
                break;
            case FaultKind.LogSlow:
                scene.Kafka!.SetRoundTrip(TimeSpan.FromMilliseconds(300));
                break;
            case FaultKind.Target:
                Receiver(step).Sink.Faults = step.Mood!;
                break;
            case FaultKind.TargetCut:
                Receiver(step).Link.Cut();
                break;
            case FaultKind.TargetBlackhole:
                Receiver(step).Link.Blackhole();
                break;
            case FaultKind.TargetDrips:
                Receiver(step).Link.Throttle(bytesPerSecond: 60);
                break;
        }
    }

    private void End(FaultStep step)
    {
        switch (step.Kind)
        {
            case FaultKind.CutIngest or FaultKind.DelayIngest or FaultKind.BlackholeIngest:
                scene.IngestLink.Heal();
                break;
            case FaultKind.CutWorkers or FaultKind.DelayWorkers or FaultKind.BlackholeWorkers or FaultKind.ThrottleWorkers:
                scene.WorkersLink.Heal();
                break;
            case FaultKind.CutBoth:
                scene.IngestLink.Heal();
                scene.WorkersLink.Heal();
                break;
            case FaultKind.LogDown:
                scene.Kafka!.Up();
                break;
            case FaultKind.LogSlow:
                scene.Kafka!.SetRoundTrip(TimeSpan.Zero);
                break;
            case FaultKind.Target:
                Receiver(step).Sink.Faults = new SinkFaults();
                break;
            case FaultKind.TargetCut or FaultKind.TargetBlackhole or FaultKind.TargetDrips:
                Receiver(step).Link.Heal();
                break;
        }
    }

    private Receiver Receiver(FaultStep step) => scene.Receivers.All[step.Target];
}
