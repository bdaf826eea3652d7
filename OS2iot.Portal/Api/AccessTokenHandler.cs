using System.Net;
using System.Net.Http.Headers;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Pages.Sigfox;

namespace OS2iot.Portal.Api;

/// <summary>Speaks for the user of the current request. An Api that knows the token no more ends the user's session.</summary>
internal sealed class AccessTokenHandler(IHttpContextAccessor http) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        TellOfBrowser(request);
        var token = AccessToken.Of(http.HttpContext?.User);
        if (token is null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && !await SigfoxCalls.IsAboutSigfoxAsync(response, cancellationToken))
        {
            response.Dispose();
            throw new SignedOutException();
        }

        return response;
    }

    // The Api counts failures and writes its audit log by the browser's address, and shows which browser a session is of: not which portal.
    private void TellOfBrowser(HttpRequestMessage request)
    {
        if (http.HttpContext is not { } browser)
        {
            return;
        }

        if (browser.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
        }

        if (browser.Connection.RemoteIpAddress is { } address)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        }
    }
}
