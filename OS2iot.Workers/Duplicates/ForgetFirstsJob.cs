using Microsoft.Extensions.Options;
using Npgsql;

namespace OS2iot.Workers.Duplicates;

/// <summary>Forgets receptions whose repeats would be new messages. Twice the window: who reads late still finds what was noted.</summary>
internal sealed partial class ForgetFirstsJob(
    NpgsqlDataSource database, IOptions<DuplicatesOptions> options, TimeProvider clock, ILogger<ForgetFirstsJob> logger) : BackgroundService
{
    private const string Forget =
        """
        DELETE FROM uplink_firsts WHERE message_id IN
            (SELECT message_id FROM uplink_firsts WHERE received_at < $1 ORDER BY received_at LIMIT 10000 FOR UPDATE SKIP LOCKED)
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        int forgotten;
        do
        {
            await using var command = NewCommand();
            forgotten = await command.ExecuteNonQueryAsync(ct);
        }
        while (forgotten > 0);
    }

    private NpgsqlCommand NewCommand()
    {
        var command = database.CreateCommand(Forget);
        command.CommandTimeout = (int)Timeout.TotalSeconds;
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() - (options.Value.Window * 2) });
        return command;
    }

    [LoggerMessage(LogLevel.Error, "Old receptions could not be forgotten; trying again in a quarter of an hour")]
    private partial void LogFailed(Exception exception);
}
