namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>A partition while it belongs to this reader. Only the reader's loop touches it.</summary>
internal sealed class OwnedPartition : IDisposable
{
    private readonly CancellationTokenSource _lost;
    private volatile bool _isLeaving;

    public OwnedPartition(short number, long position, CancellationToken lease)
    {
        Number = number;
        Position = Committed = position;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(lease);
        Lost = _lost.Token;
    }

    public short Number { get; }

    /// <summary>The last record whose handler returned.</summary>
    public long Position { get; set; }

    /// <summary>What the database knows of that.</summary>
    public long Committed { get; set; }

    /// <summary>The handler at work; its result is the new position. Null between batches.</summary>
    public Task<long>? Work { get; set; }

    /// <summary>There may be records that were not fetched: the last look found some, or there was a notice since.</summary>
    public bool MayHaveMore { get; set; } = true;

    /// <summary>Another member of the group is to have it, as soon as it is between batches.</summary>
    public bool IsLeaving
    {
        get => _isLeaving;
        set => _isLeaving = value;
    }

    /// <summary>Cancelled once the partition may belong to somebody else.</summary>
    public CancellationToken Lost { get; }

    public void Lose() => _lost.Cancel();

    public void Dispose() => _lost.Dispose();
}
