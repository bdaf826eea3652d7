using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>The log where there is no Kafka. How it keeps its promises: <see cref="PostgreSqlLogSchema"/>.</summary>
internal sealed partial class PostgreSqlLog(
    NpgsqlDataSource database, PostgreSqlNotifications notifications, IOptions<LogOptions> options, LogMetrics metrics,
    TimeProvider clock, ILogger<PostgreSqlLog> logger) : IMessageLog, IAsyncDisposable
{
    private readonly PostgreSqlTopics _topics = new(database);
    private readonly PostgreSqlLogNotices _notices = new(database, notifications, clock, logger);
    private readonly ConcurrentDictionary<LogTopic, Lazy<PostgreSqlLogWriter>> _writers = new();
    private readonly ConcurrentDictionary<LogTopic, RecentRecords> _recent = new();

    public Task AppendAsync(LogTopic topic, LogRecord record, CancellationToken ct) => Writer(topic).AppendAsync(record, ct);

    public Task AppendAsync(LogTopic topic, IReadOnlyList<LogRecord> records, CancellationToken ct) =>
        records.Count == 0 ? Task.CompletedTask : Writer(topic).AppendAsync(records, ct);

    public async Task ConsumeAsync(LogTopic topic, string group, LogBatchHandler handler, CancellationToken ct)
    {
        var cursors = Cursors(topic, group);
        var reader = new PostgreSqlLogReader(cursors, topic, group, handler, options.Value, metrics, clock, logger);
        using var subscription = _notices.Subscribe(PostgreSqlTopics.TableOf(topic), reader);
        await reader.RunAsync(ct);
    }

    public async Task<long> ReadLagAsync(LogTopic topic, string group, CancellationToken ct)
    {
        try
        {
            await using var command = database.CreateCommand(
                """
                SELECT p::smallint, coalesce(c.position, 0) FROM log_topics t CROSS JOIN generate_series(0, t.partitions - 1) AS p
                LEFT JOIN log_cursors c ON c.topic = t.topic AND c.group_name = $2 AND c.partition = p WHERE t.topic = $1
                """);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic.Name });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
            var positions = new List<CursorFetch>();
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                while (await reader.ReadAsync(ct))
                {
                    positions.Add(new CursorFetch(reader.GetInt16(0), reader.GetInt64(1)));
                }
            }

            return await Cursors(topic, group).CountAfterAsync([.. positions], ct);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw new LogUnavailableException($"The lag of {topic} could not be read.", exception);
        }
    }

    public async Task PingAsync(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.Value.AppendTimeout);
        try
        {
            // A commit that has to reach the disk: a server that is read-only, full or stuck does not pass.
            await using var command = database.CreateCommand("SELECT log_ping()");
            await command.ExecuteNonQueryAsync(timeout.Token);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            throw new LogUnavailableException("The database does not take records.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values.Where(w => w.IsValueCreated))
        {
            await writer.Value.DisposeAsync();
        }

        await _notices.DisposeAsync();
    }

    private PostgreSqlCursors Cursors(LogTopic topic, string group) =>
        new(_topics, topic, group, _recent.GetOrAdd(topic, _ => new RecentRecords()), logger);

    private PostgreSqlLogWriter Writer(LogTopic topic) => _writers.GetOrAdd(topic, NewWriter).Value;

    private Lazy<PostgreSqlLogWriter> NewWriter(LogTopic topic)
    {
        var channel = PostgreSqlTopics.TableOf(topic);
        return new(() => new PostgreSqlLogWriter(
            _topics, topic, options.Value, metrics, clock, logger, () => _notices.Announce(channel)));
    }
}
