using FastEndpoints;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.Auth;

internal sealed class RefreshRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["refreshToken"] = Is.Text().Length(1, 200) };

    public string RefreshToken { get; init; } = "";
}

/// <summary>Renews a session: another access token for a few minutes, and the next token to renew with. One that was used up ends the session.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized)]
internal sealed class Refresh(Sessions sessions, SignInLog log) : Endpoint<RefreshRequest, LoginResponse>
{
    public override void Configure()
    {
        Post("auth/refresh");
        AllowAnonymous(); // the token in the body is the proof
    }

    public override async Task<LoginResponse> ExecuteAsync(RefreshRequest request, CancellationToken ct)
    {
        var (answer, robbed) = await sessions.RenewAsync(request.RefreshToken, ct);
        if (robbed is not null)
        {
            await log.RefusedAsync(null, robbed, "A refresh token was used again; its session was ended.");
        }

        return answer ?? throw Refusal.Unauthorized();
    }
}
