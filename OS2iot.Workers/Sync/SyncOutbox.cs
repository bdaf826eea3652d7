using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Workers.Sync;

/// <summary>Lets outside systems follow our database: a loop of its own for each, so that one that is away holds up no other.</summary>
internal sealed class SyncOutbox(
    IEnumerable<SyncedSystem> systems,
    SyncTable table,
    PostgreSqlNotifications notifications,
    IOptions<SyncOptions> options,
    TimeProvider clock,
    ILogger<SyncLoop> logger) : BackgroundService
{
    /// <summary>Announced by a trigger, with the system's name.</summary>
    private const string Channel = "sync_changed";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loops = systems.Select(s => new SyncLoop(s, table, options.Value, clock, logger)).ToList();
        using var subscription = notifications.Subscribe(
            Channel,
            name => loops.FirstOrDefault(l => l.System.Name == name)?.Wake(),
            () => loops.ForEach(l => l.Wake()));
        await Task.WhenAll(loops.Select(l => l.RunAsync(stoppingToken)));
    }
}
