using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OS2iot.Core.Database;

public static class DatabaseExtensions
{
    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "os2iot";

    /// <summary>
    /// Registers <see cref="AppDbContext"/> for what people manage and the <see cref="NpgsqlDataSource"/> under it for hot paths.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no connection string.</exception>
    public static IHostApplicationBuilder AddDatabase(this IHostApplicationBuilder builder)
    {
        var connectionString = builder.Configuration.GetConnectionString(ConnectionName)
            ?? throw new InvalidOperationException(
                $"Set ConnectionStrings:{ConnectionName} to the PostgreSQL database, such as 'Host=…;Database=os2iot;Username=…;Password=…'.");

        builder.Services.AddNpgsqlDataSource(WithDefaults(connectionString, builder.Environment.ApplicationName));
        builder.Services.AddDbContextPool<AppDbContext>((services, options) => options
            .UseNpgsql(services.GetRequiredService<NpgsqlDataSource>())
            .UseSnakeCaseNamingConvention()

            // A name that is taken is an answer, not an error; what is one reaches whoever called, and is logged there.
            // Counting up to a limit needs no order, and an order would cost what the limit saves.
            .ConfigureWarnings(warnings => warnings
                .Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug))
                .Ignore(CoreEventId.RowLimitingOperationWithoutOrderByWarning)));
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database", HealthStatus.Unhealthy, [], TimeSpan.FromSeconds(5));
        return builder;
    }

    private static string WithDefaults(string connectionString, string applicationName)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.ApplicationName ??= applicationName;
        if (!connectionString.Contains("Timeout", StringComparison.OrdinalIgnoreCase))
        {
            settings.Timeout = 5;
            settings.CommandTimeout = 15;
        }

        // Nobody leaves anything behind in a session, so it needs no clearing between two users of a connection, which would be
        // three statements for each statement.
        settings.NoResetOnClose = true;

        // The statements of the hot paths are few and come thousands of times: reading and planning one anew costs more than carrying it out.
        if (settings.MaxAutoPrepare == 0)
        {
            settings.MaxAutoPrepare = 50;
            settings.AutoPrepareMinUsages = 3;
        }

        settings.KeepAlive = settings.KeepAlive == 0 ? 15 : settings.KeepAlive;
        return settings.ConnectionString;
    }

    private sealed class DatabaseHealthCheck(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
