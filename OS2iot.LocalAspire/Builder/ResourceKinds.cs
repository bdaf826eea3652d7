using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Postgres;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() =>
        builder.AddResource(new ProjectResource(name)).WithAnnotation<IProjectMetadata>(new TProject());

    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddResource(new ProjectResource(name))
            .WithAnnotation<IProjectMetadata>(new ProjectPathMetadata(Path.GetFullPath(projectPath, builder.AppHostDirectory)));

    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);

    private sealed record ProjectPathMetadata(string ProjectPath) : IProjectMetadata;
}

public static class ExecutableResourceBuilderExtensions
{
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args) =>
        builder.AddResource(new ExecutableResource(name, command, Path.GetFullPath(workingDirectory, builder.AppHostDirectory)))
            .WithArgs(args ?? []);
}

public static class ContainerResourceBuilderExtensions
{
    public static IResourceBuilder<ContainerResource> AddContainer(
        this IDistributedApplicationBuilder builder, string name, string image, string tag) =>
        builder.AddResource(new ContainerResource(name)).WithAnnotation(new ContainerImageAnnotation { Image = image, Tag = tag });

    public static IResourceBuilder<T> WithBindMount<T>(
        this IResourceBuilder<T> builder, string source, string target, bool isReadOnly = false)
        where T : ContainerResource
    {
        var path = Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory);
        return builder.WithAnnotation(new ContainerMountAnnotation(path, target, ContainerMountType.BindMount, isReadOnly));
    }

    public static IResourceBuilder<T> WithVolume<T>(
        this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false)
        where T : ContainerResource =>
        builder.WithAnnotation(new ContainerMountAnnotation(name, target, ContainerMountType.Volume, isReadOnly));

    public static IResourceBuilder<T> WithEntrypoint<T>(this IResourceBuilder<T> builder, string entrypoint)
        where T : ContainerResource
    {
        builder.Resource.Entrypoint = entrypoint;
        return builder;
    }

    public static IResourceBuilder<T> WithImageTag<T>(this IResourceBuilder<T> builder, string tag)
        where T : ContainerResource
    {
        builder.Resource.Annotations.OfType<ContainerImageAnnotation>().Last().Tag = tag;
        return builder;
    }
}

public static class ParameterResourceBuilderExtensions
{
    /// <summary>A parameter somebody has to give a value, as <c>Parameters:NAME</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name,
            _ => builder.Configuration[$"Parameters:{name}"] ?? throw new MissingParameterValueException(
                $"Parameter '{name}' has no value. Set Parameters:{name} in the AppHost's configuration."),
            secret));

    /// <summary>A parameter that is made up when nobody gave it a value, and with <paramref name="persist"/> made up only once.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(MadeUp(builder, name, value, secret, persist));

    /// <summary>A connection string from the AppHost's own configuration, <c>ConnectionStrings:NAME</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConnectionStringParameterResource(
            name,
            _ => builder.Configuration.GetConnectionString(name) ?? throw new MissingParameterValueException(
                $"Connection string '{name}' has no value. Set ConnectionStrings:{name} in the AppHost's configuration."),
            environmentVariableName));

    internal static ParameterResource MadeUp(
        IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret, bool persist)
    {
        var secrets = DistributedApplicationBuilder.Of(builder).Secrets;
        return new ParameterResource(name, Read, secret) { Default = value };

        string Read(ParameterDefault? fallback) =>
            builder.Configuration[$"Parameters:{name}"]
            ?? (persist ? secrets.GetOrCreate(name, fallback!.GetDefaultValue) : fallback!.GetDefaultValue());
    }

    private sealed class ConnectionStringParameterResource(
        string name, Func<ParameterDefault?, string> callback, string? environmentVariable)
        : ParameterResource(name, callback, secret: true), IResourceWithConnectionString
    {
        public string? ConnectionStringEnvironmentVariable => environmentVariable;

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{AsParameter}");

        // The parameter itself, not the resource with a connection string, which would ask for this expression again.
        private EndOfExpression AsParameter => new(this);

        ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => new(Value);

        private sealed class EndOfExpression(ParameterResource parameter) : IValueProvider, IManifestExpressionProvider
        {
            public string ValueExpression => parameter.ValueExpression;

            public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(parameter.Value);
        }
    }
}

public static class ConnectionStringBuilderExtensions
{
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
}

public static class PostgresBuilderExtensions
{
    private const int PostgresPort = 5432;
    private const int GeneratedPasswordLength = 22;

    /// <summary>A PostgreSQL server. Without a password parameter its password is made up once and kept.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var passwordParameter = password?.Resource ?? ParameterResourceBuilderExtensions.MadeUp(
            builder, $"{name}-password", new GenerateParameterDefault { MinLength = GeneratedPasswordLength }, secret: true, persist: true);
        if (password is null)
        {
            builder.AddResource(passwordParameter);
        }

        var server = new PostgresServerResource(name, userName?.Resource, passwordParameter);
        return builder.AddResource(server)
            .WithAnnotation(new ContainerImageAnnotation { Registry = "docker.io", Image = "library/postgres", Tag = "18.3" })
            .WithEndpoint(port, PostgresPort, name: PostgresServerResource.PrimaryEndpointName)
            .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
            .WithEnvironment("POSTGRES_USER", server.UserNameReference)
            .WithEnvironment(context => context.EnvironmentVariables["POSTGRES_PASSWORD"] = passwordParameter);
    }

    /// <summary>A database that is there when the server is healthy.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
        builder.Resource.AddDatabase(name, database.DatabaseName);
        return builder.ApplicationBuilder.AddResource(database);
    }

    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", "/var/lib/postgresql", isReadOnly);

    /// <summary>Scripts the container runs when its volume is new; a local process does not read them.</summary>
    public static IResourceBuilder<PostgresServerResource> WithInitFiles(
        this IResourceBuilder<PostgresServerResource> builder, string source) =>
        builder.WithBindMount(source, "/docker-entrypoint-initdb.d", isReadOnly: true);

    /// <summary>Needs a container: nothing happens here.</summary>
    public static IResourceBuilder<T> WithPgAdmin<T>(
        this IResourceBuilder<T> builder, Action<IResourceBuilder<PgAdminContainerResource>>? configureContainer = null,
        string? containerName = null)
        where T : PostgresServerResource => builder;
}

public static class KafkaBuilderExtensions
{
    private const int BrokerPort = 9092;

    public static IResourceBuilder<KafkaServerResource> AddKafka(
        this IDistributedApplicationBuilder builder, string name, int? port = null) =>
        builder.AddResource(new KafkaServerResource(name))
            .WithAnnotation(new ContainerImageAnnotation { Registry = "docker.io", Image = "confluentinc/confluent-local", Tag = "8.2.0" })
            .WithEndpoint(port, BrokerPort, name: KafkaServerResource.PrimaryEndpointName);

    public static IResourceBuilder<KafkaServerResource> WithDataVolume(
        this IResourceBuilder<KafkaServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", "/var/lib/kafka/data", isReadOnly);

    /// <summary>Needs a container: nothing happens here.</summary>
    public static IResourceBuilder<KafkaServerResource> WithKafkaUI(
        this IResourceBuilder<KafkaServerResource> builder,
        Action<IResourceBuilder<KafkaUIContainerResource>>? configureContainer = null, string? containerName = null) => builder;
}
