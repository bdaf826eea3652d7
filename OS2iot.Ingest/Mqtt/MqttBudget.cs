namespace OS2iot.Ingest.Mqtt;

/// <summary>Bytes of messages that wait for the log, over many connections.</summary>
internal sealed class MqttBudget(long bytes)
{
    private long _used;

    public bool TryTake(int amount)
    {
        if (Interlocked.Add(ref _used, amount) <= bytes)
        {
            return true;
        }

        Interlocked.Add(ref _used, -amount);
        return false;
    }

    public void GiveBack(int amount) => Interlocked.Add(ref _used, -amount);
}
