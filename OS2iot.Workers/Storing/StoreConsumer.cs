using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.Duplicates;
using OS2iot.Workers.LiveView;

namespace OS2iot.Workers.Storing;

/// <summary>Puts each received uplink into the history and notes when its device was last seen.</summary>
internal sealed partial class StoreConsumer(
    IMessageLog log, FirstReceptions firsts, MessageStore store, DeviceStates states, DeviceMessageNotices notices,
    ILogger<StoreConsumer> logger)
    : LogConsumer(log, LogTopic.Uplinks, "storing")
{
    protected override async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        var uplinks = await firsts.OfAsync(batch.Read(UplinkReceived.From, LogUnreadable), "storing", ct);
        if (uplinks.Count == 0)
        {
            return;
        }

        await store.StoreAsync(uplinks, ct);
        states.Note(uplinks);
        notices.Add(uplinks.Select(u => u.DeviceId));
    }

    [LoggerMessage(LogLevel.Error, "A record of the log is no uplink of ours and was passed over")]
    private partial void LogUnreadable(Exception exception);
}

/// <summary>Puts what decoders made of an uplink, or why they failed, beside it.</summary>
internal sealed partial class StoreDecodedConsumer(
    IMessageLog log, MessageStore store, DeviceMessageNotices notices, ILogger<StoreDecodedConsumer> logger)
    : LogConsumer(log, LogTopic.UplinksDecoded, "storing")
{
    protected override async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        // What has no decoder is passed on as it came, and is in the history already.
        var decoded = batch.Read(UplinkDecoded.From, LogUnreadable).Where(d => d.PayloadDecoderId is not null).ToList();
        if (decoded.Count > 0)
        {
            await store.StoreAsync(decoded, ct);
            notices.Add(decoded.Select(d => d.DeviceId));
        }
    }

    [LoggerMessage(LogLevel.Error, "A record of the log is no decoded uplink of ours and was passed over")]
    private partial void LogUnreadable(Exception exception);
}
