namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// How fast a device may send. A listener holds back what is over it, as far as that hurts nobody else: what has been acknowledged to
/// the device is never dropped for it.
/// </summary>
internal interface IDeviceBudgets
{
    /// <returns>How long the device's next messages should wait.</returns>
    TimeSpan Take(int deviceId, int messages);
}

/// <summary>No limits.</summary>
internal sealed class NoDeviceBudgets : IDeviceBudgets
{
    public TimeSpan Take(int deviceId, int messages) => TimeSpan.Zero;
}
