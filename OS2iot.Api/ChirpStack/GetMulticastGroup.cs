using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.ChirpStack;

/// <summary>One multicast group with its devices. A foreign one answers as a missing one.</summary>
internal sealed class GetMulticastGroup(MulticastReader reader) : EndpointWithoutRequest<MulticastDetails>
{
    public override void Configure()
    {
        Get("multicast/{id}");
        Policies(Role.Read);
    }

    public override async Task<MulticastDetails> ExecuteAsync(CancellationToken ct) =>
        await reader.FindAsync(HttpContext.RouteId(), ct) ?? throw Refusal.NotFound();
}
