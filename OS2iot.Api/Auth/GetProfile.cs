using FastEndpoints;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

internal sealed record ProfileResponse(int Sub, string? Username);

/// <summary>Whom the token names.</summary>
internal sealed class GetProfile(Caller caller) : EndpointWithoutRequest<ProfileResponse>
{
    public override void Configure()
    {
        Get("auth/profile");
        Policies(Role.SignedIn);
    }

    public override Task<ProfileResponse> ExecuteAsync(CancellationToken ct) =>
        Task.FromResult(new ProfileResponse(caller.UserId, User.FindFirst(AccessTokens.UserName)?.Value));
}
