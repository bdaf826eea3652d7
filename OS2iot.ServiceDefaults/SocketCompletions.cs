namespace OS2iot.ServiceDefaults;

/// <summary>How a host that does nothing but pass messages on is told of what its sockets received.</summary>
public static class SocketCompletions
{
    /// <summary>Read by the runtime when the first socket is made, and by Kestrel for its connections. There is no other way to set it.</summary>
    private const string Setting = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Handles what came on the thread that heard of it instead of handing it to another: a third less processor time for each message
    /// (docs/decisions/0006). Only for hosts in which nothing blocks a thread: it would hold up other connections. To be called before
    /// anything else; an operator's own setting wins.
    /// </summary>
    public static void PreferInline()
    {
        if (Environment.GetEnvironmentVariable(Setting) is null)
        {
            Environment.SetEnvironmentVariable(Setting, "1");
        }
    }
}
