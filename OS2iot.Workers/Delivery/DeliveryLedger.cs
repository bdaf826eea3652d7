using System.Threading.Channels;
using Microsoft.Extensions.Options;
using OS2iot.Workers.LiveView;

namespace OS2iot.Workers.Delivery;

/// <summary>
/// Writes down the ends of tries whose deliveries are in the table: what ends while a write is under way goes with the next one.
/// If the database stays away the leases run out and the deliveries are tried again.
/// </summary>
internal sealed partial class DeliveryLedger(
    DeliveryTable table, DeviceMessageNotices notices, IOptions<DeliveryOptions> options, ILogger<DeliveryLedger> logger) : BackgroundService
{
    private const int MaxBatch = 500;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Bounded by the tries that can be under way; a full ledger makes their lanes wait.</summary>
    private readonly Channel<DeliveryTry> _ended = Channel.CreateBounded<DeliveryTry>(new BoundedChannelOptions(5_000) { SingleReader = true });

    private int _underWay;

    public ValueTask RecordAsync(DeliveryTry ended, CancellationToken ct) => _ended.Writer.WriteAsync(ended, ct);

    /// <summary>Records a try that goes on while its delivery already is in the table.</summary>
    public void RecordWhenEnded(FirstTry late)
    {
        Interlocked.Increment(ref _underWay);
        _ = RecordAsync();

        async Task RecordAsync()
        {
            try
            {
                if (await late.Ended is { } ended)
                {
                    await _ended.Writer.WriteAsync(ended);
                }
            }
            catch (ChannelClosedException)
            {
                // Stopped: the lease runs out and the delivery is tried again.
            }
            finally
            {
                late.Lane.UnmarkLate();
                Interlocked.Decrement(ref _underWay);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is under way ends with its own time-out; what ends before the host does is still written down.
        var patience = options.Value.TryTimeout < TimeSpan.FromSeconds(5) ? options.Value.TryTimeout : TimeSpan.FromSeconds(5);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        while (Volatile.Read(ref _underWay) > 0 && !timeout.IsCancellationRequested)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        _ended.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<DeliveryTry>(MaxBatch);
        while (await _ended.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MaxBatch && _ended.Reader.TryRead(out var ended))
            {
                batch.Add(ended);
            }

            await SaveAsync(batch, stoppingToken);
            batch.Clear();
        }
    }

    private async Task SaveAsync(List<DeliveryTry> batch, CancellationToken stoppingToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await table.SaveTriesAsync(batch, CancellationToken.None);
                notices.Add(batch.Select(t => t.Delivery.Message.DeviceId));
                return;
            }
            catch (Exception exception)
            {
                if (tries == 0)
                {
                    LogNotSaved(exception, batch.Count);
                }

                if (stoppingToken.IsCancellationRequested)
                {
                    return;
                }

                await Task.Delay(RetryPause, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The ends of {Count} tries can't be written down yet; trying until they can")]
    private partial void LogNotSaved(Exception exception, int count);
}
