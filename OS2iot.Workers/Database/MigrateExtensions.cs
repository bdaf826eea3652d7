using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Workers.Database;

/// <summary><c>OS2iot.Workers migrate</c>: brings the database up to date, makes sure that somebody can sign in, and ends.</summary>
internal static partial class MigrateExtensions
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static bool IsMigrate(string[] args) => args is ["migrate", ..];

    /// <returns>The exit code: 0 when the database is ready for the hosts.</returns>
    public static async Task<int> MigrateAsync(this WebApplication app, CancellationToken ct = default)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(MigrateExtensions).FullName!);
        try
        {
            await using var scope = app.Services.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            await WaitForDatabaseAsync(scope.ServiceProvider.GetRequiredService<NpgsqlDataSource>(), logger, ct);

            // Otherwise the first start begins with an error in PostgreSQL's log about a table that can't be there yet.
            await database.GetService<IHistoryRepository>().CreateIfNotExistsAsync(ct);
            await database.Database.MigrateAsync(ct);
            await scope.ServiceProvider.GetRequiredService<FirstAdministrator>().EnsureAsync(ct);
            LogReady(logger);
            return 0;
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
            return 1;
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    private static async Task WaitForDatabaseAsync(NpgsqlDataSource database, ILogger logger, CancellationToken ct)
    {
        var until = TimeProvider.System.GetUtcNow() + Patience;
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(ct);
                return;
            }
            catch (NpgsqlException exception) when (exception.IsTransient || exception.InnerException is SocketException)
            {
                if (TimeProvider.System.GetUtcNow() > until)
                {
                    throw;
                }

                LogWaiting(logger);
                await Task.Delay(Pause, ct);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Waiting for the database")]
    private static partial void LogWaiting(ILogger logger);

    [LoggerMessage(LogLevel.Information, "The database is up to date")]
    private static partial void LogReady(ILogger logger);

    [LoggerMessage(LogLevel.Critical, "The database could not be brought up to date")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
