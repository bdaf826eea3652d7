using FastEndpoints;
using OS2iot.Api.Http;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>Ends the caller's session; its tokens stop working.</summary>
[SucceedsWith(StatusCodes.Status204NoContent)]
internal sealed class Logout(Caller caller, Sessions sessions, SignInLog log) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("auth/logout");
        Policies(Role.SignedIn);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        if (caller.SessionId is { } id && await sessions.EndAsync(s => s.Id == id, ct) > 0)
        {
            await log.WentAsync(caller.UserId, "signed out", ct);
        }

        await Send.NoContentAsync(ct);
    }
}
