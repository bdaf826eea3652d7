namespace OS2iot.Core.Messaging;

public static class LogBatchExtensions
{
    /// <summary>
    /// The messages in a batch. A record that is not of our form would come again for ever, so it is reported and passed over.
    /// </summary>
    public static List<T> Read<T>(this IReadOnlyList<LogRecord> batch, Func<LogRecord, T> read, Action<Exception> report)
    {
        var messages = new List<T>(batch.Count);
        foreach (var record in batch)
        {
            try
            {
                messages.Add(read(record));
            }
            catch (Exception exception) when (exception is FormatException or OverflowException)
            {
                report(exception);
            }
        }

        return messages;
    }
}
