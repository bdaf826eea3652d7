using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace OS2iot.AppHost;

internal static class HostExtensions
{
    /// <summary>A secret made up once. Letters and digits only, so it is also a valid base64 text when the length is a multiple of four.</summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name, int length) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = length, Special = false }, secret: true, persist: true);

    public static bool HasConnectionString(this IDistributedApplicationBuilder builder, string name) =>
        !string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name));

    public static string Script(this IDistributedApplicationBuilder builder, string path) => Path.Combine(builder.AppHostDirectory, path);

    /// <summary>What all long-running hosts have: the AppHost's environment, a health check, and a schema to start from.</summary>
    public static IResourceBuilder<ProjectResource> AsHost(
        this IResourceBuilder<ProjectResource> host, IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> migrations) =>
        host.WithEnvironmentOf(builder).WithHttpHealthCheck("/health/ready").WaitForCompletion(migrations);

    /// <summary>Aspire takes the environment out of what a project inherits; without this every host would run as Production.</summary>
    public static IResourceBuilder<ProjectResource> WithEnvironmentOf(
        this IResourceBuilder<ProjectResource> host, IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsRunMode && builder.Environment.IsDevelopment()
            ? host.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
            : host;
}
