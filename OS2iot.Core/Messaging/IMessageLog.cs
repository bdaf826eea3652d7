namespace OS2iot.Core.Messaging;

/// <summary>
/// The log between the hosts: Kafka where there is one, PostgreSQL where there is not. Both pass one contract suite.
/// </summary>
public interface IMessageLog
{
    /// <summary>
    /// Completes once the record is durable: it survives the end of this process and of the log. Appends under way at the same
    /// time share a round trip.
    /// </summary>
    /// <exception cref="LogUnavailableException">The log did not confirm in time; the record may or may not be there.</exception>
    Task AppendAsync(LogTopic topic, LogRecord record, CancellationToken ct);

    /// <summary>Appends all records, in their order for each key, and completes once all are durable.</summary>
    /// <exception cref="LogUnavailableException">Not all were confirmed; appending all of them again is the way on.</exception>
    Task AppendAsync(LogTopic topic, IReadOnlyList<LogRecord> records, CancellationToken ct);

    /// <summary>
    /// Reads a topic as a member of a group until <paramref name="ct"/> is cancelled. Each partition belongs to one member at a
    /// time; its batches come in order, one after the other, while other partitions go on beside it. A batch counts as read once
    /// the handler returned; if the handler throws, or the process ends first, the same records come again (at least once).
    /// A group that reads for the first time starts at the oldest record.
    /// </summary>
    Task ConsumeAsync(LogTopic topic, string group, LogBatchHandler handler, CancellationToken ct);

    /// <summary>Records appended and not yet read by a group, over all partitions of the topic.</summary>
    Task<long> ReadLagAsync(LogTopic topic, string group, CancellationToken ct);

    /// <summary>Throws when the log can't take a record now. For health checks.</summary>
    /// <exception cref="LogUnavailableException">The log did not answer.</exception>
    Task PingAsync(CancellationToken ct);
}

/// <summary>
/// Does the work for records of one partition. <paramref name="ct"/> is cancelled when the host stops or the partition went to
/// another member of the group.
/// </summary>
public delegate Task LogBatchHandler(IReadOnlyList<LogRecord> batch, CancellationToken ct);
