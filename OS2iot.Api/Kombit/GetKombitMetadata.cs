using FastEndpoints;
using OS2iot.Api.Http;

namespace OS2iot.Api.Kombit;

/// <summary>The description of this installation for SAML. There is none: signing in at KOMBIT goes by OpenID Connect.</summary>
[RefusesWith(StatusCodes.Status404NotFound)]
internal sealed class GetKombitMetadata : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("auth/kombit/metadata");
        AllowAnonymous(); // was public, and says nothing
    }

    public override Task HandleAsync(CancellationToken ct) => throw Refusal.NotFound(null);
}
