using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>Says how far a partition was read, and gives it up if told so.</summary>
internal readonly record struct CursorCommit(short Partition, long Position, bool IsReleased);

/// <summary>Asks for what comes after a position.</summary>
internal readonly record struct CursorFetch(short Partition, long Position);

/// <summary>Records of one partition in their order, none left out.</summary>
internal sealed class FetchedBatch
{
    public List<LogRecord> Records { get; } = [];

    /// <summary>Beside each record.</summary>
    public List<long> Offsets { get; } = [];

    public long LastOffset => Offsets.Count == 0 ? 0 : Offsets[^1];

    /// <summary>Of keys, headers and values, about.</summary>
    public int Bytes { get; private set; }

    public void Add(LogRecord record, long offset, int bytes)
    {
        Records.Add(record);
        Offsets.Add(offset);
        Bytes += bytes;
    }

    public FetchedBatch After(long position)
    {
        var rest = new FetchedBatch { Bytes = Bytes };
        var first = Offsets.FindIndex(offset => offset > position);
        rest.Records.AddRange(Records[first..]);
        rest.Offsets.AddRange(Offsets[first..]);
        return rest;
    }
}

/// <summary>What one member of a group asks of the database. Each method is one round trip.</summary>
internal sealed partial class PostgreSqlCursors(PostgreSqlTopics topics, LogTopic topic, string group, RecentRecords recent, ILogger logger)
{
    private const int MaxBatchRecords = 500;
    private const int MaxBatchBytes = 4 * 1024 * 1024;
    private const int TimeoutSeconds = 4;

    /// <summary>Lag is counted up to here in each partition; beyond, the exact number would cost more than it says.</summary>
    private const int MaxCounted = 10_000;

    private readonly string _table = PostgreSqlTopics.TableOf(topic);
    private readonly Guid _owner = Guid.CreateVersion7();

    public async Task<(Dictionary<short, long> Owned, int Fair)> TakeAsync(TimeSpan lease, CancellationToken ct)
    {
        await using var connection = await topics.Database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("SELECT owned, read_to, fair FROM log_take($1, $2, $3, $4)", connection);
        command.CommandTimeout = TimeoutSeconds;
        command.Parameters.Add(Text(topic.Name));
        command.Parameters.Add(Text(group));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _owner });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        await command.PrepareAsync(ct);

        var owned = new Dictionary<short, long>();
        var fair = int.MaxValue;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            owned.Add(reader.GetInt16(0), reader.GetInt64(1));
            fair = reader.GetInt32(2);
        }

        return (owned, fair);
    }

    /// <summary>Commits and fetches, in one transaction: what is committed is found again even if the answer is lost on its way.</summary>
    /// <returns>The committed partitions that were still ours, and the records found.</returns>
    public async Task<(HashSet<short> Kept, Dictionary<short, FetchedBatch> Found)> ExchangeAsync(
        CursorCommit[] commits, CursorFetch[] fetches, CancellationToken ct)
    {
        var found = new Dictionary<short, FetchedBatch>();
        foreach (var fetch in fetches)
        {
            if (recent.After(fetch.Partition, fetch.Position) is { } known)
            {
                found.Add(fetch.Partition, known);
            }
        }

        fetches = Array.FindAll(fetches, f => !found.ContainsKey(f.Partition));
        if (commits.Length == 0 && fetches.Length == 0)
        {
            return ([], found);
        }

        await using var connection = await topics.Database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        if (commits.Length > 0)
        {
            batch.BatchCommands.Add(CommitCommand(commits));
        }

        if (fetches.Length > 0)
        {
            batch.BatchCommands.Add(FetchCommand(fetches));
        }

        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var kept = new HashSet<short>();
        if (commits.Length > 0)
        {
            while (await reader.ReadAsync(ct))
            {
                kept.Add(reader.GetInt16(0));
            }

            await reader.NextResultAsync(ct);
        }

        if (fetches.Length > 0)
        {
            await ReadAsync(reader, found, ct);
            foreach (var fetch in fetches)
            {
                if (found.TryGetValue(fetch.Partition, out var records))
                {
                    recent.Add(fetch.Partition, fetch.Position, records);
                }
            }
        }

        return (kept, found);
    }

    /// <summary>The connection or the database failed: nothing is taken from memory any more until it was read again.</summary>
    public void Forget() => recent.Clear();

    public async Task LeaveAsync(CursorCommit[] commits, CancellationToken ct)
    {
        await using var connection = await topics.Database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        batch.BatchCommands.Add(CommitCommand(commits));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT log_leave($1, $2, $3)")
        {
            Parameters = { Text(topic.Name), Text(group), new NpgsqlParameter<Guid> { TypedValue = _owner } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The number of records after the positions, exact up to ten thousand in each partition.</summary>
    public async Task<long> CountAfterAsync(CursorFetch[] positions, CancellationToken ct)
    {
        await using var connection = await topics.Database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT coalesce(sum(r.records), 0)::bigint FROM unnest($1, $2) AS c(partition, position)
            CROSS JOIN LATERAL (
                SELECT count(*) AS records FROM (
                    SELECT FROM {_table} l WHERE l.partition = c.partition AND l."offset" > c.position LIMIT {MaxCounted}) AS l) AS r
            """, connection);
        command.CommandTimeout = TimeoutSeconds;
        AddPositions(command.Parameters, positions);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private NpgsqlBatchCommand CommitCommand(CursorCommit[] commits) => new("SELECT * FROM log_commit($1, $2, $3, $4, $5, $6)")
    {
        Parameters =
        {
            Text(topic.Name),
            Text(group),
            new NpgsqlParameter<Guid> { TypedValue = _owner },
            new NpgsqlParameter<short[]> { TypedValue = Array.ConvertAll(commits, c => c.Partition) },
            new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(commits, c => c.Position) },
            new NpgsqlParameter<bool[]> { TypedValue = Array.ConvertAll(commits, c => c.IsReleased) },
        },
    };

    private NpgsqlBatchCommand FetchCommand(CursorFetch[] fetches)
    {
        // The running sum ends a batch of large records early, but never before its first record. It reads the sizes only.
        var command = new NpgsqlBatchCommand(
            $"""
            SELECT c.partition, r."offset", r.key, r.headers, r.value FROM unnest($1, $2) AS c(partition, position)
            CROSS JOIN LATERAL (
                SELECT * FROM (
                    SELECT l."offset", l.key, l.headers, l.value, octet_length(l.value) AS bytes,
                           sum(octet_length(l.value)) OVER (ORDER BY l."offset" ROWS UNBOUNDED PRECEDING) AS bytes_so_far
                    FROM {_table} l WHERE l.partition = c.partition AND l."offset" > c.position
                    ORDER BY l."offset" LIMIT {MaxBatchRecords}) AS l
                WHERE l.bytes_so_far - l.bytes < {MaxBatchBytes}) AS r
            """);
        AddPositions(command.Parameters, fetches);
        return command;
    }

    private async Task ReadAsync(NpgsqlDataReader reader, Dictionary<short, FetchedBatch> found, CancellationToken ct)
    {
        FetchedBatch? current = null;
        short partition = -1;
        while (await reader.ReadAsync(ct))
        {
            var number = reader.GetInt16(0);
            if (current is null || number != partition)
            {
                partition = number;
                found.Add(number, current = new FetchedBatch());
            }

            var offset = reader.GetInt64(1);
            if (offset <= current.LastOffset)
            {
                throw new InvalidOperationException($"Partition {number} of {topic} came out of order.");
            }

            var (key, headers, value) = (reader.GetString(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4));
            var record = new LogRecord { Key = key, Headers = Headers(headers, number, offset), Value = value };
            current.Add(record, offset, key.Length + headers.Length + value.Length);
        }
    }

    private KeyValuePair<string, string>[] Headers(byte[] encoded, short partition, long offset)
    {
        try
        {
            return EncodedRecord.Decode(encoded);
        }
        catch (JsonException exception)
        {
            // Not from us. Its reader will miss the headers and say so; the records behind it go on.
            LogStrangeHeaders(exception, topic, partition, offset);
            return [];
        }
    }

    private static void AddPositions(NpgsqlParameterCollection parameters, CursorFetch[] positions)
    {
        parameters.Add(new NpgsqlParameter<short[]> { TypedValue = Array.ConvertAll(positions, p => p.Partition) });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(positions, p => p.Position) });
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    [LoggerMessage(LogLevel.Warning, "Record {Offset} of {Topic}, partition {Partition}, has headers that can't be read")]
    private partial void LogStrangeHeaders(Exception exception, LogTopic topic, short partition, long offset);
}
