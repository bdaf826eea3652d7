using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OS2iot.AppHost;

/// <summary>One line on the terminal when every host is healthy: where to go.</summary>
internal static class ReadyMessage
{
    private const string Dashboard = "aspire-dashboard";
    private static readonly string[] Hosts = [Names.Portal, Names.Api, Names.Ingest, Names.Workers, Names.Simulator];

    public static void PrintWhenHealthy(IDistributedApplicationBuilder builder) => builder.Eventing.Subscribe<BeforeStartEvent>((start, ct) =>
    {
        _ = PrintAsync(start.Services.GetRequiredService<ResourceNotificationService>(), ct);
        return Task.CompletedTask;
    });

    private static async Task PrintAsync(ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        try
        {
            var latest = new Dictionary<string, CustomResourceSnapshot>();
            await foreach (var update in notifications.WatchAsync(cancellationToken))
            {
                latest[update.Resource.Name] = update.Snapshot;
                if (Hosts.All(host => latest.GetValueOrDefault(host)?.HealthStatus == HealthStatus.Healthy) && !IsDashboardComing(latest))
                {
                    Print(latest);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped before it was ready.
        }
    }

    private static bool IsDashboardComing(Dictionary<string, CustomResourceSnapshot> latest) =>
        latest.GetValueOrDefault(Dashboard)?.State?.Text == KnownResourceStates.Starting;

    private static void Print(Dictionary<string, CustomResourceSnapshot> latest)
    {
        var places = new[] { Names.Portal, Names.Api, Names.Ingest }.Select(host => $"{host} {UrlOf(latest[host])}").ToList();
        if (latest.GetValueOrDefault(Dashboard) is { } dashboard && dashboard.State?.Text == KnownResourceStates.Running)
        {
            places.Add($"dashboard {UrlOf(dashboard)}");
        }

        Console.WriteLine($"OS2iot is ready: {string.Join(", ", places)}");
    }

    private static string? UrlOf(CustomResourceSnapshot resource) => resource.Urls.FirstOrDefault(url => !url.IsInternal)?.Url;
}
