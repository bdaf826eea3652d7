using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Aspire.Hosting.Testing;

namespace OS2iot.Tests.LocalAspire;

/// <summary>What AppHost.cs describes, held against files: a change there shows as a change here.</summary>
public sealed class AppHostDescriptionTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "LocalAspire");
    private readonly string _state = Directory.CreateTempSubdirectory("os2iot-test-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Manifest_IsAsWrittenDown()
    {
        var folder = AppHostFolder.SolutionRootOf(Projects.OS2iot_AppHost.ProjectPath);
        var path = Path.Combine(_state, "manifest.json");
        var builder = await Describe("--publisher=manifest", $"--output-path={path}");

        await (await builder.BuildAsync(TestContext.Current.CancellationToken)).RunAsync(TestContext.Current.CancellationToken);

        var manifest = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        AssertIsGolden("manifest.json", manifest.Replace(Path.GetRelativePath(_state, folder), "..", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Environment_OfEachProcess_IsAsWrittenDown()
    {
        var builder = await Describe(
            "--Parameters:master-key=MASTER-KEY", "--Parameters:portal-master-key=PORTAL-MASTER-KEY",
            "--Parameters:jwt-secret=JWT-SECRET", "--Parameters:mosquitto-ingest-password=INGEST-PASSWORD",
            "--Parameters:mosquitto-workers-password=WORKERS-PASSWORD", "--Parameters:mosquitto-chirpstack-password=CHIRPSTACK-PASSWORD",
            "--Parameters:mosquitto-gateway-bridge-password=GATEWAY-BRIDGE-PASSWORD",
            "--Parameters:chirpstack-api-key=CHIRPSTACK-API-KEY",
            "--Parameters:postgres-password=POSTGRES/PASSWORD", "--Ports:Postgres=25432");

        AssertIsGolden("environment.txt", string.Join('\n', await EnvironmentsAsync(builder)) + "\n");
    }

    [Fact]
    public async Task Hosts_WhenConnectionStringsAreGiven_UseThemInsteadOfStartingTheirOwn()
    {
        var builder = await Describe(
            "--ConnectionStrings:os2iot=Host=db", "--ConnectionStrings:kafka=broker:9092", "--ConnectionStrings:mosquitto=mqtt://broker");

        var environments = await EnvironmentsAsync(builder);

        Assert.DoesNotContain(builder.Resources, resource => resource is ContainerResource);
        Assert.Contains("workers ConnectionStrings__os2iot=Host=db", environments);
        Assert.Contains("workers ConnectionStrings__kafka=broker:9092", environments);
        Assert.Contains("ingest ConnectionStrings__mosquitto=mqtt://broker", environments);
    }

    private Task<IDistributedApplicationTestingBuilder> Describe(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.OS2iot_AppHost>(
            [$"--State={_state}", .. args], TestContext.Current.CancellationToken);

    private async Task<List<string>> EnvironmentsAsync(IDistributedApplicationTestingBuilder builder)
    {
        // Endpoints that may have any port have one that is the same each time.
        var port = 20_000;
        foreach (var endpoint in builder.Resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()))
        {
            endpoint.Port ??= port++;
        }

        new PortAllocator(new StateFolder(_state)).Allocate(builder.Resources);
        var resolver = new EnvironmentResolver(
            builder.ExecutionContext, builder.Environment, () => new Telemetry("http://localhost:4317", "TELEMETRY-KEY"));
        var lines = new List<string>();
        foreach (var resource in builder.Resources.Where(r => r is ProjectResource or ContainerResource && r.WhyNotHere() is null))
        {
            var variables = await resolver.VariablesAsync(resource, "suffix", TestContext.Current.CancellationToken);
            lines.AddRange(variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{resource.Name} {v.Key}={v.Value}"));
        }

        return [.. lines.Select(line => line.Replace(_state, "STATE", StringComparison.Ordinal))];
    }

    private static void AssertIsGolden(string name, string text)
    {
        var expected = Path.Combine(Golden, name);
        var actual = Path.Combine(Golden, $"actual-{name}");
        File.WriteAllText(actual, text);
        Assert.True(
            File.Exists(expected) && File.ReadAllText(expected).TrimEnd() == text.TrimEnd(),
            $"If the change is meant, copy {actual} over tests/OS2iot.Tests/LocalAspire/{name}.");
    }
}
