using Microsoft.Extensions.Hosting;

namespace OS2iot.Core.Messaging;

/// <summary>One stage of the pipeline: reads a topic for the whole life of the host.</summary>
public abstract class LogConsumer(IMessageLog log, LogTopic topic, string group) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        log.ConsumeAsync(topic, group, HandleAsync, stoppingToken);

    /// <summary>Does the work for a batch of one partition. The batch is acknowledged when this returns.</summary>
    protected abstract Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct);
}
