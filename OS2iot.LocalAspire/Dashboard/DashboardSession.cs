using System.Globalization;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>The genuine Aspire dashboard beside the system, when it is installed.</summary>
internal sealed class DashboardSession(
    LocalEngine engine, ConsoleLog log, DistributedApplicationBuilder builder, OrphanGuard guard, SecretMask mask) : IAsyncDisposable
{
    /// <summary>The name under which genuine Aspire shows its dashboard among the resources.</summary>
    internal const string ResourceName = "aspire-dashboard";

    private const int DefaultPort = 18888;
    private const string HowToInstall = "./run.sh installs it.";
    private static readonly string[] PlacesInState = ["aspire/bundle/managed/aspire-managed", "aspire/managed/aspire-managed"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly DashboardResource _resource = new();
    private readonly CancellationTokenSource _ending = new();
    private ResourceServiceHost? _resourceService;
    private ChildProcess? _process;
    private Task _watching = Task.CompletedTask;

    /// <summary>Where hosts send their telemetry; nothing when no dashboard runs.</summary>
    public Telemetry? Telemetry { get; private set; }

    public async Task StartAsync(PortAllocator ports, CancellationToken cancellationToken)
    {
        if (FindProgram() is not { } program)
        {
            log.Write($"The Aspire dashboard is not installed; everything else runs without it. {HowToInstall}");
            return;
        }

        var frontend = FrontendUrl();
        if (!PortAllocator.IsFree(frontend.Port))
        {
            throw new DistributedApplicationException(
                $"Port {frontend.Port} of the dashboard is in use. Set Dashboard:Port (Dashboard__Port) to another one.");
        }

        var resourceServiceKey = NewKey();
        _resourceService = await ResourceServiceHost.StartAsync(engine, resourceServiceKey, cancellationToken);
        var otlpPort = builder.Configuration.GetValue<int?>("Dashboard:OtlpPort") ?? ports.Free();
        var telemetry = new Telemetry(FormattableString.Invariant($"http://localhost:{otlpPort}"), NewKey());
        var variables = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = frontend.ToString().TrimEnd('/'),
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = FormattableString.Invariant($"http://127.0.0.1:{otlpPort}"),
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = _resourceService.Url,
            ["ASPIRE_CLI_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["DASHBOARD__APPLICATIONNAME"] = "OS2iot",
            ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = resourceServiceKey,
            ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = telemetry.ApiKey,
            ["DASHBOARD__OTLP__SUPPRESSUNSECUREDMESSAGE"] = "true",
            ["DASHBOARD__API__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__API__PRIMARYAPIKEY"] = builder.Configuration["Dashboard:ApiKey"] ?? NewKey(),

            // Open to whoever sits at this machine, so that the printed address just works; FrontendUrl is never another machine's.
            ["DASHBOARD__FRONTEND__AUTHMODE"] = "Unsecured",
        };
        mask.Add(telemetry.ApiKey);
        Telemetry = telemetry;

        Publish(s => s with { State = KnownResourceStates.Starting, Urls = [new UrlSnapshot("http", frontend.ToString().TrimEnd('/'), false)] });
        var plan = new ProcessPlan(program, ["dashboard"], builder.StateFolder.FullPath, variables) { FollowsAppHost = true };
        _process = ChildProcess.Start(plan, guard, log.WriteSilently);
        _watching = WatchAsync(frontend, _process, _ending.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        if (_process is not null)
        {
            await _process.StopAsync(Patience);
            await _watching;
            _process.Dispose();
        }

        if (_resourceService is not null)
        {
            await _resourceService.DisposeAsync();
        }

        _ending.Dispose();
    }

    private static string NewKey() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private string? FindProgram()
    {
        var given = builder.Configuration["ASPIRE_DASHBOARD_PATH"];
        return given is not null
            ? File.Exists(given) ? given : null
            : new[] { builder.StateFolder, StateFolder.DefaultFor(builder.AppHostDirectory) }
                .SelectMany(state => PlacesInState.Select(place => Path.Combine(state.FullPath, place)))
                .FirstOrDefault(File.Exists);
    }

    /// <summary>On this machine only: what it shows is not for the network.</summary>
    private Uri FrontendUrl()
    {
        var port = builder.Configuration.GetValue<int?>("Dashboard:Port");
        if (port is null && Uri.TryCreate(builder.Configuration["ASPNETCORE_URLS"]?.Split(';')[0], UriKind.Absolute, out var given))
        {
            port = given.Port;
        }

        return new Uri(FormattableString.Invariant($"http://localhost:{port ?? DefaultPort}"));
    }

    private async Task WatchAsync(Uri frontend, ChildProcess process, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HttpClient();
            while (!process.Exited.IsCompleted && !await AnswersAsync(http, frontend, cancellationToken))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }

            Publish(s => s with { State = process.Exited.IsCompleted ? KnownResourceStates.FailedToStart : KnownResourceStates.Running });
            await process.Exited.WaitAsync(cancellationToken);
            log.Write("The dashboard ended; the rest goes on. Its log says why.", isError: true);
            Publish(s => s with { State = KnownResourceStates.Exited });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        engine.Notifications.PublishUpdateAsync(_resource, s => change(s with { IsHidden = true }));

    private sealed class DashboardResource() : Resource(ResourceName);
}
