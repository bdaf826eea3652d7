using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Uplinks;

namespace OS2iot.Workers.Duplicates;

/// <summary>
/// Drops the repeats of messages that the network gave an id. The first reception that is read from the log is noted with its time;
/// it stays the first when it is read again, by whatever stage, so a message is never lost by it. Messages without an id cost nothing.
/// </summary>
internal sealed class FirstReceptions : IDisposable
{
    // Rows are locked in one order, so that writers can't wait for each other. The second statement sees what the first waited for.
    private const string Note =
        """
        INSERT INTO uplink_firsts AS f (message_id, received_at)
        SELECT message_id, min(received_at) FROM unnest($1, $2) AS r (message_id, received_at) GROUP BY message_id ORDER BY message_id
        ON CONFLICT (message_id) DO UPDATE SET received_at = excluded.received_at WHERE excluded.received_at >= f.received_at + $3
        """;

    private const string Read = "SELECT message_id, received_at FROM uplink_firsts WHERE message_id = ANY ($1)";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly NpgsqlDataSource _database;
    private readonly TimeSpan _window;
    private readonly Meter _meter;
    private readonly Counter<long> _dropped;

    public FirstReceptions(NpgsqlDataSource database, IOptions<DuplicatesOptions> options, IMeterFactory meters)
    {
        (_database, _window) = (database, options.Value.Window);
        _meter = meters.Create("OS2iot.Workers.Duplicates");
        _dropped = _meter.CreateCounter<long>("os2iot.uplinks.duplicates", "{message}", "Repeats that a stage passed over");
    }

    /// <returns>The uplinks without repeats, in their order.</returns>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    public async Task<IReadOnlyList<UplinkReceived>> OfAsync(IReadOnlyList<UplinkReceived> uplinks, string stage, CancellationToken ct)
    {
        var named = uplinks.Where(u => u.DeduplicationId is not null).ToList();
        if (named.Count == 0)
        {
            return uplinks;
        }

        var firsts = await NoteAsync(named, ct);
        var seen = new HashSet<(Guid, DateTimeOffset)>();
        var kept = uplinks.Where(u => u.DeduplicationId is null || (Counts(u, firsts) && seen.Add((u.MessageId, u.ReceivedAt)))).ToList();
        if (kept.Count < uplinks.Count)
        {
            _dropped.Add(uplinks.Count - kept.Count, new KeyValuePair<string, object?>("stage", stage));
        }

        return kept;
    }

    public void Dispose() => _meter.Dispose();

    // Outside the window of the one that is noted it is a message of its own, earlier or later.
    private bool Counts(UplinkReceived uplink, Dictionary<Guid, DateTimeOffset> firsts) =>
        !firsts.TryGetValue(uplink.MessageId, out var first) || first == uplink.ReceivedAt || (first - uplink.ReceivedAt).Duration() >= _window;

    private async Task<Dictionary<Guid, DateTimeOffset>> NoteAsync(List<UplinkReceived> named, CancellationToken ct)
    {
        await using var batch = _database.CreateBatch();
        batch.Timeout = (int)Timeout.TotalSeconds;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Note)
        {
            Parameters =
            {
                Columns.Of(named, u => u.MessageId),
                Columns.Of(named, u => u.ReceivedAt),
                new NpgsqlParameter<TimeSpan> { TypedValue = _window },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Read) { Parameters = { Columns.Of(named, u => u.MessageId) } });

        var firsts = new Dictionary<Guid, DateTimeOffset>(named.Count);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        do
        {
            while (await reader.ReadAsync(ct))
            {
                firsts[reader.GetGuid(0)] = reader.GetFieldValue<DateTimeOffset>(1);
            }
        }
        while (await reader.NextResultAsync(ct));
        return firsts;
    }
}
