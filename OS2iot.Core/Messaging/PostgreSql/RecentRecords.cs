using System.Collections.Concurrent;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>
/// What groups of this process read of a topic a moment ago: the others mostly want the same, and need neither ask the database nor
/// decode it again. It holds whole stretches, as a reader that saw an offset has seen every smaller one of its partition.
/// </summary>
internal sealed class RecentRecords
{
    private const int MaxBatches = 8;

    /// <summary>Of a partition.</summary>
    private const int MaxBytes = 256 << 10;

    private readonly ConcurrentDictionary<short, LinkedList<(long After, FetchedBatch Batch)>> _partitions = new();

    /// <summary>Records after a position, of those that were read lately; null where the database has to be asked.</summary>
    public FetchedBatch? After(short partition, long position)
    {
        if (!_partitions.TryGetValue(partition, out var batches))
        {
            return null;
        }

        lock (batches)
        {
            foreach (var (after, batch) in batches)
            {
                if (after == position)
                {
                    return batch;
                }

                if (after < position && position < batch.LastOffset)
                {
                    return batch.After(position);
                }
            }

            return null;
        }
    }

    /// <summary>Remembers what comes after a position, without a gap.</summary>
    public void Add(short partition, long position, FetchedBatch found)
    {
        if (found.Bytes > MaxBytes)
        {
            return;
        }

        var batches = _partitions.GetOrAdd(partition, _ => new());
        lock (batches)
        {
            batches.AddFirst((position, found));
            while (batches.Count > MaxBatches || batches.Sum(b => b.Batch.Bytes) > MaxBytes)
            {
                batches.RemoveLast();
            }
        }
    }

    /// <summary>After trouble with the database: what it says next is what counts.</summary>
    public void Clear() => _partitions.Clear();
}
