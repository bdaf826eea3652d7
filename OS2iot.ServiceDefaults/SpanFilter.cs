using System.Diagnostics;
using OpenTelemetry;

namespace OS2iot.ServiceDefaults;

/// <summary>What must not, or need not, leave the process as part of a trace.</summary>
internal sealed class SpanFilter : BaseProcessor<Activity>
{
    private const string Database = "Npgsql";
    private const string Query = "url.query";
    private const string FullAddress = "url.full";

    public override void OnEnd(Activity data)
    {
        // Polling, leases and health checks are database spans whose parent is nobody's trace; they would bury those of messages.
        if (data.Source.Name == Database && data.Parent is not { Recorded: true })
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        // Keys of devices and secrets of targets travel in queries. A developer's settings may ask for them to be kept.
        if (data.GetTagItem(Query) is not null)
        {
            data.SetTag(Query, null);
        }

        if (data.GetTagItem(FullAddress) is string address && address.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query)
        {
            data.SetTag(FullAddress, address[..query]);
        }
    }
}
