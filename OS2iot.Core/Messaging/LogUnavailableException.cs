namespace OS2iot.Core.Messaging;

/// <summary>The log did not take or give records. The sender may try again; nothing was promised to it.</summary>
public sealed class LogUnavailableException : Exception
{
    public LogUnavailableException()
    {
    }

    public LogUnavailableException(string message)
        : base(message)
    {
    }

    public LogUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
