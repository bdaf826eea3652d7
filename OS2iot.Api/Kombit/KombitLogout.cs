using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Kombit;

/// <summary>Signs a browser out at KOMBIT.</summary>
[SucceedsWith(StatusCodes.Status302Found)]
[TokenInAddress]
internal sealed class BeginKombitLogout : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("auth/kombit/logout");
        Policies(Role.SignedIn);
    }

    public override Task HandleAsync(CancellationToken ct) => Send.RedirectAsync($"/{EndpointsExtensions.RoutePrefix}/{CompleteKombitLogout.Path}");
}

/// <summary>The page on which signing out ends.</summary>
[Answers(typeof(string), "text/plain", Example = "Logged out ...")]
internal sealed class CompleteKombitLogout : EndpointWithoutRequest
{
    public const string Path = "auth/kombit/logout/callback";

    public override void Configure()
    {
        Get(Path);
        AllowAnonymous(); // who comes here is signed out
    }

    public override Task HandleAsync(CancellationToken ct) => Send.StringAsync("Logged out ...", cancellation: ct);
}
