namespace OS2iot.Portal.Auth;

/// <summary>Says once what a portal without a place for its keys can't do.</summary>
internal sealed partial class KeysWarning(ILogger<KeysWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogEphemeral();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "Portal:KeysDirectory is not set: users sign in again after a restart, and several portals share no sessions")]
    private partial void LogEphemeral();
}
