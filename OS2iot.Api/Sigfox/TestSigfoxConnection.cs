using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <param name="Status">Sigfox knows the login.</param>
/// <param name="Message">Why not, for people.</param>
internal sealed record SigfoxConnectionResponse(bool Status, string? Message);

/// <summary>Tries a login at Sigfox and keeps nothing of it.</summary>
[SucceedsWith(StatusCodes.Status200OK)]
internal sealed class TestSigfoxConnection(Caller caller, SigfoxClient sigfox)
    : Endpoint<CreateSigfoxGroupRequest, SigfoxConnectionResponse>
{
    public override void Configure()
    {
        Post("sigfox-group/test-connection");
        Policies(Role.Read);
    }

    public override async Task<SigfoxConnectionResponse> ExecuteAsync(CreateSigfoxGroupRequest request, CancellationToken ct)
    {
        if (!caller.WritesOrganization(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        try
        {
            return (await sigfox.ListGroupsAsync(request.Login, ct)).Count > 0
                ? new SigfoxConnectionResponse(true, null)
                : new SigfoxConnectionResponse(false, "This SigFox user has no group.");
        }
        catch (SigfoxException exception)
        {
            return new SigfoxConnectionResponse(false, exception.Message);
        }
    }
}
