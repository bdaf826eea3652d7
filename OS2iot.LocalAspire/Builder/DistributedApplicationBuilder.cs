using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>A builder around the one that does the work.</summary>
internal interface IBuilderAround : IDistributedApplicationBuilder
{
    DistributedApplicationBuilder Inner { get; }
}

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly EntryPointRun? _test;

    public DistributedApplicationBuilder(string[] args, Assembly? appHost, EntryPointRun? test)
    {
        _test = test;
        AppHostAssembly = appHost ?? Assembly.GetEntryAssembly();
        AppHostDirectory = AppHostFolder.Of(AppHostAssembly);
        Environment = new AppHostEnvironment(AppHostDirectory, test is null ? Environments.Production : Environments.Development);

        Configuration
            .AddJsonFile(Path.Combine(AppHostDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(AppHostDirectory, $"appsettings.{Environment.EnvironmentName}.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(args);

        var publishes = Configuration["publisher"] is not null || Configuration["operation"] is "publish";
        ExecutionContext = new(publishes ? DistributedApplicationOperation.Publish : DistributedApplicationOperation.Run);
    }

    public ConfigurationManager Configuration { get; } = new();

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment { get; }

    public IServiceCollection Services { get; } = new ServiceCollection();

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    internal Assembly? AppHostAssembly { get; }

    internal bool IsTest => _test is not null;

    /// <summary>Values of parameters that nobody gave are kept here; made up only when one is asked for.</summary>
    internal SecretStore Secrets => field ??= new(StateFolder);

    internal StateFolder StateFolder => field ??= StateFolder.For(Configuration, AppHostDirectory);

    public static DistributedApplicationBuilder Of(IDistributedApplicationBuilder builder) =>
        builder is IBuilderAround around ? around.Inner : (DistributedApplicationBuilder)builder;

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    /// <summary>The application; in a test it is handed to the test instead and the entry point goes no further.</summary>
    public DistributedApplication Build()
    {
        _test?.HandOver(this);
        return BuildApplication();
    }

    internal DistributedApplication BuildApplication() => new(this);

    private sealed class AppHostEnvironment(string contentRoot, string defaultName) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } =
            System.Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
            ?? System.Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? defaultName;

        public string ApplicationName { get; set; } = "AppHost";

        public string ContentRootPath { get; set; } = contentRoot;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
