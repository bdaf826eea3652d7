namespace OS2iot.Workers.Delivery;

/// <summary>
/// The first try of a delivery, started while its batch waits. When the batch stops waiting, a try that has not begun never does;
/// one that has goes on.
/// </summary>
internal sealed class FirstTry(OutgoingDelivery delivery, TargetLane lane)
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Abandoned = 2;

    private int _state = Waiting;

    public OutgoingDelivery Delivery => delivery;

    public TargetLane Lane => lane;

    /// <summary>The try's end; null when it never began.</summary>
    public Task<DeliveryTry?> Ended { get; private set; } = Task.FromResult<DeliveryTry?>(null);

    public bool HasBegun => Volatile.Read(ref _state) == Begun;

    /// <param name="patience">Ends with the wait of the batch.</param>
    /// <param name="stop">Ends with the host.</param>
    public void Start(CancellationToken patience, CancellationToken stop) => Ended = RunAsync(patience, stop);

    /// <summary>After this a try that has not begun never will.</summary>
    public void Abandon() => Interlocked.CompareExchange(ref _state, Abandoned, Waiting);

    private async Task<DeliveryTry?> RunAsync(CancellationToken patience, CancellationToken stop)
    {
        // While a target lets others wait, the table is the place to wait for it: here its neighbours in the batch would wait along.
        if (delivery.Target.IsHeld || lane.IsLate || !await lane.EnterAsync(patience))
        {
            return null;
        }

        if (Interlocked.CompareExchange(ref _state, Begun, Waiting) != Waiting)
        {
            lane.Leave();
            return null;
        }

        return await lane.TryAsync(delivery, stop);
    }
}
