using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace OS2iot.IntegrationTests;

/// <summary>
/// The whole system as the AppHost describes it, on real parts, with a state folder and ports of its own. Started once for all
/// tests; each test makes the organization, devices and targets it needs.
/// </summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private static readonly string[] Hosts = ["api", "ingest", "workers", "portal", "simulator"];

    private readonly string _state = Directory.CreateTempSubdirectory("os2iot-").FullName;

    private DistributedApplication? _app;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The system has not started.");

    /// <summary>Signed in as the first administrator.</summary>
    public HttpClient Api { get; private set; } = null!;

    public HttpClient Ingest { get; private set; } = null!;

    public HttpClient Simulator { get; private set; } = null!;

    public HttpClient Portal { get; private set; } = null!;

    public (string Email, string Password) FirstAdministrator { get; private set; }

    /// <summary>Files of all hosts' logs, one per resource.</summary>
    public string LogFolder => Path.Combine(_state, "logs");

    public async ValueTask InitializeAsync()
    {
        // One device sends here what many do elsewhere. The hosts inherit it.
        Environment.SetEnvironmentVariable("Limits__DevicePerSecond", "0");
        Environment.SetEnvironmentVariable("Limits__AddressPerSecond", "0");
        Environment.SetEnvironmentVariable("Limits__OrganizationPerMinute", "0");
        using var timeout = new CancellationTokenSource(StartTimeout);
        string[] args =
        [
            $"--State={_state}", "--Simulator:Mode=idle", "--Ports:Portal=0", "--Ports:Api=0", "--Ports:Ingest=0", "--Ports:Postgres=0",
            "--Ports:Simulator=0", "--Ports:Mqtt=0", "--Ports:MqttCertificate=0", "--Ports:MqttPassword=0", "--Ports:ChirpStack=0",
        ];
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.OS2iot_AppHost>(args, timeout.Token);
        _app = await builder.BuildAsync(timeout.Token);
        await _app.StartAsync(timeout.Token);
        foreach (var host in Hosts)
        {
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(host, timeout.Token);
        }

        Ingest = _app.CreateHttpClient("ingest");
        Simulator = _app.CreateHttpClient("simulator");
        Portal = _app.CreateHttpClient("portal");
        Api = _app.CreateHttpClient("api");

        var lines = await File.ReadAllLinesAsync(Path.Combine(_state, "admin"), timeout.Token);
        FirstAdministrator = (lines[0], lines[1]);
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await SignInAsync(timeout.Token));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_state, recursive: true);
    }

    /// <summary>Ends a resource's process as a crash would (SIGKILL). The AppHost has to bring it back.</summary>
    /// <returns>Completes when another process of the resource runs; <see cref="WaitUntilHealthyAsync"/> says when it is well.</returns>
    public async Task KillAsync(string resource, CancellationToken ct)
    {
        var pid = await PidOfAsync(resource, ct);
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync(ct);
        while (await PidOfAsync(resource, ct) == pid)
        {
            await Task.Delay(50, ct);
        }
    }

    public async Task WaitUntilHealthyAsync(string resource, CancellationToken ct) =>
        await App.ResourceNotifications.WaitForResourceHealthyAsync(resource, ct);

    public async Task<int> PidOfAsync(string resource, CancellationToken ct)
    {
        while (true)
        {
            if (App.ResourceNotifications.TryGetCurrentState(resource, out var current)
                && current.Snapshot.State?.Text == KnownResourceStates.Running
                && current.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value is { } pid)
            {
                return Convert.ToInt32(pid, CultureInfo.InvariantCulture);
            }

            await Task.Delay(50, ct);
        }
    }

    /// <summary>An organization with an application, a device that posts by HTTP, and whatever else is asked for.</summary>
    public async Task<Scene> ASceneAsync(string? decoder = null, string? sink = null, CancellationToken ct = default)
    {
        var name = "T" + Guid.NewGuid().ToString("N")[..12];
        var organization = await PostAsync("organization", new { name }, ct);
        var application = await PostAsync("application", new { name, organizationId = Id(organization) }, ct);
        var scene = new Scene(this, Id(organization), Id(application), sink ?? name);
        await scene.AddDeviceAsync(ct);
        if (decoder is not null)
        {
            await scene.AddDecoderAsync(decoder, ct);
        }

        await scene.AddTargetAsync(scene.SinkUrl, ct);
        await scene.ConnectAsync(ct);
        return scene;
    }

    /// <summary>Posts to the Api and expects success.</summary>
    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken ct)
    {
        using var response = await Api.PostAsJsonAsync("/api/v1/" + path, body, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken ct)
    {
        using var response = await Api.GetAsync("/api/v1/" + path, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    internal static int Id(JsonElement entity) => entity.GetProperty("id").GetInt32();

    private async Task<string> SignInAsync(CancellationToken ct)
    {
        var answer = await PostAsync("auth/login", new { username = FirstAdministrator.Email, password = FirstAdministrator.Password }, ct);
        return answer.GetProperty("accessToken").GetString()!;
    }
}

[CollectionDefinition(Name)]
public sealed class SystemCollection : ICollectionFixture<RunningSystem>
{
    public const string Name = "The whole system";
}
