using System.Diagnostics;
using OpenTelemetry;

namespace OS2iot.ServiceDefaults;

/// <summary>What must not, or need not, leave the process as part of a trace.</summary>
internal sealed class SpanFilter : BaseProcessor<Activity>
{
    private const string Query = "url.query";
    private const string FullAddress = "url.full";

    public override void OnEnd(Activity data)
    {
        // Polling and leases are database spans without a parent; they would bury the traces of messages.
        if (data.ParentSpanId == default && data.Source.Name == "Npgsql")
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
