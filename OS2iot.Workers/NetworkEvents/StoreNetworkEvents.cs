using OS2iot.Core.Messaging;
using OS2iot.Core.NetworkEvents;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>Keeps what networks told beside uplinks, and what follows from it.</summary>
internal sealed partial class StoreNetworkEvents(IMessageLog log, NetworkEventStore store, ILogger<StoreNetworkEvents> logger)
    : LogConsumer(log, LogTopic.NetworkEvents, Group)
{
    public const string Group = "storing";

    protected override Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct) =>
        store.StoreAsync(batch.Read(NetworkEvent.From, LogUnreadable), ct);

    [LoggerMessage(LogLevel.Error, "A record of the log is no network event of ours and was passed over")]
    private partial void LogUnreadable(Exception exception);
}
