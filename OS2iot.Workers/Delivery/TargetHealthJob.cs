using Microsoft.Extensions.Options;

namespace OS2iot.Workers.Delivery;

/// <summary>Writes down how targets fare, switches off those that fail for days and tells their owners.</summary>
internal sealed partial class TargetHealthJob(
    TargetLanes lanes, TargetHealth health, TargetOwners owners, IOptions<DeliveryOptions> options, TimeProvider clock, ILogger<TargetHealthJob> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.HealthInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        await health.SaveAsync(lanes.TakeNews(), ct);
        foreach (var id in await health.SwitchOffAsync(ct))
        {
            LogSwitchedOff(id);
        }

        await owners.TellAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "Data target {DataTargetId} was switched off, as it fails for good; its messages wait")]
    private partial void LogSwitchedOff(int dataTargetId);

    [LoggerMessage(LogLevel.Error, "It could not be written down how data targets fare; trying again")]
    private partial void LogFailed(Exception exception);
}
