using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Protocol;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using HealthReport = Aspire.Hosting.Dashboard.Protocol.HealthReport;
using Resource = Aspire.Hosting.Dashboard.Protocol.Resource;

namespace Aspire.Hosting.Dashboard;

/// <summary>A snapshot as the dashboard reads it.</summary>
internal static class ResourceMapping
{
    private const int CommandEnabled = 0;
    private const int CommandDisabled = 1;

    public static Resource ToWire(this ResourceEvent update, bool hasCommands)
    {
        var snapshot = update.Snapshot;
        var resource = new Resource
        {
            Name = update.ResourceId,
            DisplayName = update.Resource.Name,
            ResourceType = snapshot.ResourceType,
            Uid = update.ResourceId,
            CreatedAt = ToTimestamp(snapshot.CreationTimeStamp ?? DateTime.UtcNow),
            StartedAt = ToTimestamp(snapshot.StartTimeStamp),
            StoppedAt = ToTimestamp(snapshot.StopTimeStamp),
            IsHidden = snapshot.IsHidden,
            SupportsDetailedTelemetry = update.Resource is ProjectResource,
        };
        if (snapshot.State is { } state)
        {
            resource.State = state.Text;
            if (state.Style is not null)
            {
                resource.StateStyle = state.Style;
            }
        }

        resource.Environment.AddRange(snapshot.EnvironmentVariables.Select(v =>
            new EnvironmentVariable { Name = v.Name, Value = v.Value ?? "", IsFromSpec = v.IsFromSpec }));
        resource.Properties.AddRange(snapshot.Properties.Select(ToWire));
        resource.Urls.AddRange(snapshot.Urls.Select(ToWire));
        resource.HealthReports.AddRange(snapshot.HealthReports.Select(ToWire));
        resource.Relationships.AddRange(snapshot.Relationships.Select(r =>
            new ResourceRelationship { ResourceName = r.ResourceName, Type = r.Type }));
        if (hasCommands)
        {
            resource.Commands.AddRange(Commands(snapshot.State?.Text));
        }

        return resource;
    }

    private static IEnumerable<ResourceCommand> Commands(string? state)
    {
        var isUp = state is not null && state != KnownResourceStates.NotStarted && !KnownResourceStates.TerminalStates.Contains(state);
        yield return Command(KnownResourceCommands.StartCommand, "Start", "Play", !isUp);
        yield return Command(KnownResourceCommands.StopCommand, "Stop", "Stop", isUp || state == KnownResourceStates.Exited);
        yield return Command(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", isUp);
    }

    private static ResourceCommand Command(string name, string displayName, string icon, bool isEnabled) => new()
    {
        Name = name,
        DisplayName = displayName,
        IconName = icon,
        IsHighlighted = true,
        State = isEnabled ? CommandEnabled : CommandDisabled,
    };

    private static ResourceProperty ToWire(ResourcePropertySnapshot property) => new()
    {
        Name = property.Name,
        IsSensitive = property.IsSensitive,
        Value = property.Value switch
        {
            IEnumerable<string> texts => Value.ForList([.. texts.Select(Value.ForString)]),
            int number => Value.ForString(FormattableString.Invariant($"{number}")),
            var other => Value.ForString(other?.ToString() ?? ""),
        },
    };

    private static Url ToWire(UrlSnapshot url) => new()
    {
        EndpointName = url.Name ?? "",
        FullUrl = url.Url,
        IsInternal = url.IsInternal,
        IsInactive = url.IsInactive,
        DisplayProperties = new UrlDisplayProperties(),
    };

    private static HealthReport ToWire(HealthReportSnapshot report)
    {
        var wire = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = ToTimestamp(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            wire.Status = status switch
            {
                HealthStatus.Healthy => 0,
                HealthStatus.Degraded => 2,
                _ => 1,
            };
        }

        return wire;
    }

    private static Timestamp? ToTimestamp(DateTime? time) => time is { } known ? Timestamp.FromDateTime(known) : null;
}
