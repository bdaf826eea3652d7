using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>A partition while it belongs to this reader: a bounded queue, and a worker that hands its records on in batches.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A late handler may still look at the token; neither field holds anything of the system.")]
internal sealed class KafkaPartition
{
    private const int MaxBatchRecords = 500;
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    private readonly Queue<ConsumeResult<byte[], byte[]>> _queue = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<KafkaPartition, List<LogRecord>, CancellationToken, Task> _handle;
    private readonly Action<TopicPartitionOffset> _store;
    private int _queuedBytes;
    private volatile bool _isLeaving;
    private volatile bool _isLost;

    public KafkaPartition(
        TopicPartition id, Func<KafkaPartition, List<LogRecord>, CancellationToken, Task> handle, Action<TopicPartitionOffset> store)
    {
        (Id, _handle, _store) = (id, handle, store);
        Work = Task.Run(WorkAsync);
    }

    public TopicPartition Id { get; }

    public Task Work { get; }

    public bool IsPaused { get; set; }

    /// <summary>Nothing more after the batch under way.</summary>
    public bool IsLeaving => _isLeaving;

    public bool IsFull
    {
        get
        {
            lock (_queue)
            {
                return _queue.Count >= 2 * MaxBatchRecords || _queuedBytes >= MaxBatchBytes;
            }
        }
    }

    public bool HasRoom
    {
        get
        {
            lock (_queue)
            {
                return _queue.Count < MaxBatchRecords && _queuedBytes < MaxBatchBytes / 2;
            }
        }
    }

    public void Add(ConsumeResult<byte[], byte[]> result)
    {
        lock (_queue)
        {
            _queue.Enqueue(result);
            _queuedBytes += result.Message.Value?.Length ?? 0;
        }

        _arrived.Release();
    }

    public void Leave()
    {
        _isLeaving = true;
        _arrived.Release();
    }

    /// <summary>The reader ends: what its handler still finishes counts.</summary>
    public void Stop()
    {
        _isLeaving = true;
        _stopping.Cancel();
    }

    /// <summary>It may belong to another member by now: what its handler still finishes says nothing about that one.</summary>
    public void Lose()
    {
        _isLost = true;
        Stop();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (!_isLeaving)
            {
                await _arrived.WaitAsync(_stopping.Token);
                var (records, next) = Take();
                if (records.Count > 0)
                {
                    await _handle(this, records, _stopping.Token);
                    Store(next);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Store(Offset next)
    {
        if (!_isLost)
        {
            _store(new TopicPartitionOffset(Id, next));
        }
    }

    private (List<LogRecord> Records, Offset Next) Take()
    {
        var records = new List<LogRecord>();
        var (next, bytes) = (Offset.Unset, 0);
        lock (_queue)
        {
            while (!_isLeaving && records.Count < MaxBatchRecords && bytes < MaxBatchBytes && _queue.TryDequeue(out var result))
            {
                records.Add(KafkaRecord.ToRecord(result.Message));
                next = result.Offset + 1;
                bytes += result.Message.Value?.Length ?? 0;
            }

            _queuedBytes -= bytes;
        }

        return (records, next);
    }
}
