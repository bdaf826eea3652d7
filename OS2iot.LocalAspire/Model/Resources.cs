using System.Data.Common;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel
{
    public class ProjectResource(string name) : Resource(name),
        IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;

    public class ExecutableResource(string name, string command, string workingDirectory) : Resource(name),
        IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
    {
        public string Command { get; } = command;

        public string WorkingDirectory { get; } = workingDirectory;
    }

    public class ContainerResource(string name, string? entrypoint = null) : Resource(name),
        IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
    {
        public string? Entrypoint { get; set; } = entrypoint;
    }

    /// <summary>A connection string put together from other values.</summary>
    public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression)
        : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
    {
        public ReferenceExpression ConnectionStringExpression { get; } = connectionStringExpression;
    }

    /// <summary>A PostgreSQL server.</summary>
    public class PostgresServerResource : ContainerResource, IResourceWithConnectionString
    {
        private const string DefaultUserName = "postgres";
        private readonly Dictionary<string, string> _databases = new(StringComparer.OrdinalIgnoreCase);

        public PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
            : base(name)
        {
            PrimaryEndpoint = new EndpointReference(this, PrimaryEndpointName);
            UserNameParameter = userName;
            PasswordParameter = password;
        }

        internal const string PrimaryEndpointName = "tcp";

        public EndpointReference PrimaryEndpoint { get; }

        public ParameterResource? UserNameParameter { get; }

        public ParameterResource PasswordParameter { get; }

        public ReferenceExpression UserNameReference => UserNameParameter is null
            ? ReferenceExpression.Create($"{DefaultUserName}")
            : ReferenceExpression.Create($"{UserNameParameter}");

        /// <summary>Name of the database resource, and of the database itself.</summary>
        public IReadOnlyDictionary<string, string> Databases => _databases;

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
            $"Host={Host};Port={Port};Username={UserNameReference};Password={PasswordParameter}");

        public ReferenceExpression UriExpression => ReferenceExpression.Create(
            $"postgresql://{UserNameReference:uri}:{PasswordParameter:uri}@{Host}:{Port}");

        public ReferenceExpression JdbcConnectionString => ReferenceExpression.Create($"jdbc:postgresql://{Host}:{Port}");

        public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

        public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

        public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
            ConnectionStringExpression.GetValueAsync(cancellationToken);

        internal void AddDatabase(string name, string databaseName) => _databases.Add(name, databaseName);

        IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        [
            new("Host", ReferenceExpression.Create($"{Host}")),
            new("Port", ReferenceExpression.Create($"{Port}")),
            new("Username", UserNameReference),
            new("Password", ReferenceExpression.Create($"{PasswordParameter}")),
            new("Uri", UriExpression),
            new("JdbcConnectionString", JdbcConnectionString),
        ];
    }

    /// <summary>One database of a PostgreSQL server.</summary>
    public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
        : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
    {
        public PostgresServerResource Parent { get; } = postgresParentResource;

        public string DatabaseName { get; } = databaseName;

        public ReferenceExpression ConnectionStringExpression
        {
            get
            {
                var database = new DbConnectionStringBuilder { ["Database"] = DatabaseName };
                return ReferenceExpression.Create($"{Parent};{database.ToString()}");
            }
        }

        public ReferenceExpression UriExpression => ReferenceExpression.Create($"{Parent.UriExpression}/{DatabaseName}");

        public ReferenceExpression JdbcConnectionString => ReferenceExpression.Create($"{Parent.JdbcConnectionString}/{DatabaseName}");

        IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
        {
            var server = ((IResourceWithConnectionString)Parent).GetConnectionProperties()
                .Where(property => property.Key is not ("Uri" or "JdbcConnectionString"));
            return server.Concat(
            [
                new("Uri", UriExpression),
                new("JdbcConnectionString", JdbcConnectionString),
                new("DatabaseName", ReferenceExpression.Create($"{DatabaseName}")),
            ]);
        }
    }
}

namespace Aspire.Hosting
{
    /// <summary>A Kafka broker.</summary>
    public class KafkaServerResource : ContainerResource, IResourceWithConnectionString
    {
        internal const string PrimaryEndpointName = "tcp";

        public KafkaServerResource(string name)
            : base(name)
        {
            PrimaryEndpoint = new EndpointReference(this, PrimaryEndpointName);
        }

        public EndpointReference PrimaryEndpoint { get; }

        public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

        public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

        public ReferenceExpression ConnectionStringExpression =>
            ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}");

        IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        [
            new("Host", ReferenceExpression.Create($"{Host}")),
            new("Port", ReferenceExpression.Create($"{Port}")),
        ];
    }

    public class KafkaUIContainerResource(string name) : ContainerResource(name);
}

namespace Aspire.Hosting.Postgres
{
    public sealed class PgAdminContainerResource(string name) : ContainerResource(name);
}
