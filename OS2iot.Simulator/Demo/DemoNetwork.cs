using Microsoft.Extensions.Options;

namespace OS2iot.Simulator.Demo;

/// <summary>
/// An application of the town whose devices belong to a network that is played here: made through the REST API when that is there, then
/// heard again and again. What is there already, by name, is left as it is.
/// </summary>
internal abstract partial class DemoNetwork(
    IHttpClientFactory clients,
    DemoSeeder seeder,
    IConfiguration configuration,
    IOptions<SimulatorOptions> options,
    TimeProvider clock,
    ILogger logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected abstract DemoApplication Application { get; }

    /// <summary>As synchronization calls the network.</summary>
    protected abstract string Network { get; }

    protected virtual bool IsPlayed => true;

    protected TimeProvider Clock => clock;

    /// <returns>Ids of the application's devices.</returns>
    protected abstract Task<List<int>> AddDevicesAsync(DemoApi api, int organizationId, int applicationId, CancellationToken ct);

    /// <summary>Each device is heard once.</summary>
    protected abstract Task PlayAsync(CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Mode != SimulatorOptions.Demo || !IsPlayed)
        {
            return;
        }

        var wait = RetryPause;
        var isSeeded = false;
        while (true)
        {
            await Task.Delay(wait, clock, stoppingToken);
            try
            {
                if (!isSeeded)
                {
                    await SeedAsync(stoppingToken);
                    isSeeded = true;
                    wait = Interval;
                }

                await PlayAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotYet(Network, exception.Message);
            }
        }
    }

    private async Task SeedAsync(CancellationToken ct)
    {
        var api = new DemoApi(clients.CreateClient(DemoApi.Name));
        await api.SignInAsync(configuration["FirstAdministrator:CredentialsFile"]!, ct);
        var organizations = await api.ListAsync("organization?limit=1000", ct);
        var organizationId = organizations.First(o => o.GetProperty("name").GetString() == DemoTown.Organization).GetProperty("id").GetInt32();
        var application = await api.FindOrCreateAsync(
            $"application?limit=1000&organizationId={organizationId}", Application.Name, "application",
            new { name = Application.Name, description = Application.Description, status = Application.Status, organizationId }, ct);
        var applicationId = application.GetProperty("id").GetInt32();
        var devices = await AddDevicesAsync(api, organizationId, applicationId, ct);
        await seeder.PassOnAsync(api, organizationId, applicationId, Application, devices, ct);

        // What is played is forgotten when the simulator stops.
        await api.AskAsync($"sync/{Network}/reconcile", ct);
    }

    [LoggerMessage(LogLevel.Information, "The demo's devices of {Network} wait: {Reason}")]
    private partial void LogNotYet(string network, string reason);
}
