using System.Diagnostics;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.Routing;

namespace OS2iot.Workers.Decoding;

/// <summary>
/// Runs each decoder that the device's connections ask for, once per uplink, and passes the results on. A decoder that fails
/// yields a visible error, never a stuck partition.
/// </summary>
internal sealed partial class DecodeConsumer(IMessageLog log, RoutingTable routing, UplinkDecoder decoder, ILogger<DecodeConsumer> logger)
    : LogConsumer(log, LogTopic.Uplinks, "decoding")
{
    private readonly IMessageLog _log = log;

    protected override async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        var uplinks = batch.Read(UplinkReceived.From, LogUnreadable);
        var routes = await routing.RoutesOfAsync([.. uplinks.Select(u => u.DeviceId).Distinct()], ct);

        // The messages of one device one after the other, devices side by side: a slow decoder has one core at the most.
        var decoded = new LogRecord[uplinks.Count][];
        var byDevice = Enumerable.Range(0, uplinks.Count).GroupBy(i => uplinks[i].DeviceId);
        await Parallel.ForEachAsync(
            byDevice,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct },
            (device, _) =>
            {
                foreach (var i in device)
                {
                    decoded[i] = Decode(uplinks[i], routes[uplinks[i].DeviceId]);
                }

                return ValueTask.CompletedTask;
            });

        var records = decoded.SelectMany(d => d).ToList();
        if (records.Count > 0)
        {
            await _log.AppendAsync(LogTopic.UplinksDecoded, records, ct);
        }
    }

    private LogRecord[] Decode(UplinkReceived uplink, DeviceRoute route)
    {
        if (route.Decoders.Count == 0)
        {
            return [];
        }

        using var span = LogTracing.Continue("decode", ActivityKind.Consumer, uplink.TraceParent);
        span?.SetTag("os2iot.message.id", uplink.MessageId);
        return [.. route.Decoders.Select(d => decoder.Decode(uplink, route, d, span?.Id ?? uplink.TraceParent).ToRecord())];
    }

    [LoggerMessage(LogLevel.Error, "A record of the log is no uplink of ours and was passed over")]
    private partial void LogUnreadable(Exception exception);
}
