namespace OS2iot.Simulator.IdentityProvider;

/// <summary>Tells clients that a session of theirs ended.</summary>
internal sealed partial class LogoutSender(IHttpClientFactory http, ProviderSessions sessions, TokenForger tokens, ILogger<LogoutSender> logger)
{
    public const string Client = "logout";

    /// <returns>False when there is no such session, or its client could not be told.</returns>
    public async Task<bool> EndAsync(string? sid, string issuer, CancellationToken ct)
    {
        if (sessions.End(sid) is not { } session)
        {
            return false;
        }

        if (!sessions.Clients.TryGetValue(session.ClientId, out var client) || client.BackChannelLogoutUri is null)
        {
            return true;
        }

        try
        {
            using var body = new FormUrlEncodedContent(
                [KeyValuePair.Create("logout_token", tokens.LogoutToken(issuer, session.ClientId, session.Subject, session.Sid))]);
            using var answer = await http.CreateClient(Client).PostAsync(client.BackChannelLogoutUri, body, ct);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            LogNotTold(exception, session.ClientId);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The client {ClientId} was not told that a session ended")]
    private partial void LogNotTold(Exception exception, string clientId);
}
