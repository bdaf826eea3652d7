using System.Net;
using Microsoft.Extensions.Options;

namespace OS2iot.Simulator.Demo;

/// <summary>Plays the town: builds it when the Api is there, then each sensor reports about three times a minute.</summary>
internal sealed partial class DemoDevices(
    DemoSeeder seeder,
    IHttpClientFactory clients,
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
        await Task.WhenAll(devices.Select((d, i) => ReportAsync(d.Device, d.ApiKey, Interval * i / devices.Count, stoppingToken)));
    }

    private async Task<List<(DemoDevice Device, string ApiKey)>> SeedAsync(CancellationToken ct)
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

    private async Task ReportAsync(DemoDevice device, string apiKey, TimeSpan offset, CancellationToken ct)
    {
        // The first report at once, so that there is something to see; then each at its own moment.
        var wait = await SendAsync(device, apiKey, ct) ?? offset;
        while (true)
        {
            await Task.Delay(wait, clock, ct);
            wait = await SendAsync(device, apiKey, ct) ?? Interval;
        }
    }

    /// <returns>How long we were asked to wait, if we were.</returns>
    private async Task<TimeSpan?> SendAsync(DemoDevice device, string apiKey, CancellationToken ct)
    {
        try
        {
            using var http = clients.CreateClient(Ingest);
            using var response = await http.PostAsJsonAsync(
                "/api/v1/receive-data?apiKey=" + apiKey, device.Measure(clock.GetUtcNow(), Random.Shared), ct);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                return response.Headers.RetryAfter?.Delta ?? RetryPause;
            }

            if (!response.IsSuccessStatusCode)
            {
                LogRefused(device.Name, (int)response.StatusCode);
            }
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotSent(device.Name, exception.Message);
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
