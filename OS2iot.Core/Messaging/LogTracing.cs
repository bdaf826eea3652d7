using System.Diagnostics;

namespace OS2iot.Core.Messaging;

/// <summary>Carries a trace through the log by the <c>traceparent</c> header.</summary>
public static class LogTracing
{
    public static readonly ActivitySource Source = new("OS2iot.Messaging");

    /// <summary>The header for a record that continues the current trace; null where nothing is traced.</summary>
    public static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>A span that continues the trace in which the record was appended.</summary>
    public static Activity? Continue(string name, ActivityKind kind, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, kind, parent)
            : null;
}
