using System.Diagnostics;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.Duplicates;
using OS2iot.Workers.Routing;

namespace OS2iot.Workers.Decoding;

/// <summary>
/// Runs each decoder that the device's connections ask for, once per uplink, and passes the results on. A decoder that fails
/// yields a visible error, never a stuck partition.
/// </summary>
internal sealed partial class DecodeConsumer(
    IMessageLog log, FirstReceptions firsts, RoutingTable routing, UplinkDecoder decoder, ILogger<DecodeConsumer> logger)
    : LogConsumer(log, LogTopic.Uplinks, "decoding")
{
    /// <summary>They wait for the sandbox, not for a processor: so many that one slow decoder's devices aren't all of them.</summary>
    private const int DevicesAtOnce = 32;

    private readonly IMessageLog _log = log;

    protected override async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        var uplinks = await firsts.OfAsync(batch.Read(UplinkReceived.From, LogUnreadable), "decoding", ct);
        var routes = await routing.RoutesOfAsync([.. uplinks.Select(u => u.DeviceId).Distinct()], ct);

        // The messages of one device one after the other, devices side by side. The sandbox keeps a slow decoder from
        // taking all of its threads.
        var decoded = new LogRecord[uplinks.Count][];
        var byDevice = Enumerable.Range(0, uplinks.Count).GroupBy(i => uplinks[i].DeviceId);
        await Parallel.ForEachAsync(
            byDevice,
            new ParallelOptions { MaxDegreeOfParallelism = DevicesAtOnce, CancellationToken = ct },
            async (device, token) =>
            {
                foreach (var i in device)
                {
                    decoded[i] = await DecodeAsync(uplinks[i], routes[uplinks[i].DeviceId], token);
                }
            });

        var records = decoded.SelectMany(d => d).ToList();
        if (records.Count > 0)
        {
            await _log.AppendAsync(LogTopic.UplinksDecoded, records, ct);
        }
    }

    private async Task<LogRecord[]> DecodeAsync(UplinkReceived uplink, DeviceRoute route, CancellationToken ct)
    {
        if (route.Decoders.Count == 0)
        {
            return [];
        }

        using var span = LogTracing.Continue("decode", ActivityKind.Consumer, uplink.TraceParent);
        span?.SetTag("os2iot.message.id", uplink.MessageId);
        var records = new LogRecord[route.Decoders.Count];
        for (var i = 0; i < records.Length; i++)
        {
            var decoded = await decoder.DecodeAsync(uplink, route, route.Decoders[i], ct);
            if (decoded.Error is not null)
            {
                span?.SetStatus(ActivityStatusCode.Error, decoded.Error);
            }

            records[i] = (decoded with { TraceParent = span?.Id ?? uplink.TraceParent }).ToRecord();
        }

        return records;
    }

    [LoggerMessage(LogLevel.Error, "A record of the log is no uplink of ours and was passed over")]
    private partial void LogUnreadable(Exception exception);
}
