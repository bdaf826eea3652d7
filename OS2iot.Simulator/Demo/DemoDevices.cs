using System.Net;
using Microsoft.Extensions.Options;

namespace OS2iot.Simulator.Demo;

/// <summary>Plays the town: builds it when the Api is there, then each sensor reports about three times a minute.</summary>
internal sealed partial class DemoDevices(
    DemoSeeder seeder,
    IHttpClientFactory clients,
    DemoMqtt mqtt,
    IOptions<SimulatorOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<DemoDevices> logger) : BackgroundService
{
    public const string Ingest = "demo-ingest";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Mode != SimulatorOptions.Demo)
        {
            return;
        }

        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);

        var devices = await SeedAsync(stoppingToken);
        LogRunning(DemoTown.Organization, devices.Count);
        await Task.WhenAll(devices.Select((d, i) => ReportAsync(d, Interval * i / devices.Count, stoppingToken)));
    }

    private async Task<List<SeededDevice>> SeedAsync(CancellationToken ct)
    {
        var failed = false;
        while (true)
        {
            try
            {
                return await seeder.SeedAsync(ct);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                if (!failed)
                {
                    LogNotSeeded(exception);
                }

                failed = true;
                await Task.Delay(RetryPause, clock, ct);
            }
        }
    }

    private async Task ReportAsync(SeededDevice device, TimeSpan offset, CancellationToken ct)
    {
        // The first report at once, so that there is something to see; then each at its own moment.
        var wait = await SendAsync(device, ct) ?? offset;
        while (true)
        {
            await Task.Delay(wait, clock, ct);
            wait = await SendAsync(device, ct) ?? Interval;
        }
    }

    /// <returns>How long we were asked to wait, if we were.</returns>
    private async Task<TimeSpan?> SendAsync(SeededDevice device, CancellationToken ct)
    {
        try
        {
            var message = device.Plan.Measure(clock.GetUtcNow(), Random.Shared);
            switch (device.Plan.Connection)
            {
                case DemoConnection.Http:
                    return await PostAsync(device, message, ct);
                case DemoConnection.MqttSubscription:
                    await mqtt.PublishOutsideAsync(device, message, ct);
                    break;
                default:
                    await mqtt.PublishAsync(device, message, ct);
                    break;
            }
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotSent(device.Plan.Name, exception.Message);
        }

        return null;
    }

    private async Task<TimeSpan?> PostAsync(SeededDevice device, object message, CancellationToken ct)
    {
        using var http = clients.CreateClient(Ingest);
        using var response = await http.PostAsJsonAsync("/api/v1/receive-data?apiKey=" + device.ApiKey, message, ct);
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            return response.Headers.RetryAfter?.Delta ?? RetryPause;
        }

        if (!response.IsSuccessStatusCode)
        {
            LogRefused(device.Plan.Name, (int)response.StatusCode);
        }

        return null;
    }

    [LoggerMessage(LogLevel.Information, "{Organization} is there: {Count} sensors report")]
    private partial void LogRunning(string organization, int count);

    [LoggerMessage(LogLevel.Warning, "The demo could not be built yet; trying again")]
    private partial void LogNotSeeded(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The message of '{Device}' was refused with {Status}")]
    private partial void LogRefused(string device, int status);

    [LoggerMessage(LogLevel.Warning, "The message of '{Device}' was not sent: {Reason}")]
    private partial void LogNotSent(string device, string reason);
}
