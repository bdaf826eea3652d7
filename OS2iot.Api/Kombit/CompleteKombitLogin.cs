using FastEndpoints;
using OS2iot.Api.Http;

namespace OS2iot.Api.Kombit;

/// <summary>Where KOMBIT sends a browser that signed in. Nobody is let in while that is not set up.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized)]
internal sealed class CompleteKombitLogin : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("auth/kombit/login/callback");
        AllowAnonymous(); // what the browser brings is the proof
    }

    public override Task HandleAsync(CancellationToken ct) => throw Refusal.Unauthorized();
}
