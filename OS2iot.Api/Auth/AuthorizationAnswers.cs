using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>What a guard that refuses answers; and who changes things, for a guard that lets through.</summary>
internal sealed class AuthorizationAnswers : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Challenged)
        {
            throw Refusal.Unauthorized();
        }

        if (authorizeResult.Forbidden)
        {
            throw Refusal.ForbiddenRole();
        }

        return next(context);
    }
}

/// <summary>Says on whose behalf the request runs, for stamps on what it changes and for the audit log.</summary>
internal sealed class ActingUser(RequestDelegate next)
{
    // Async, so that what is set here ends with the request.
    public async Task InvokeAsync(HttpContext context)
    {
        Actor.Current = new Actor { UserId = context.Features.Get<Caller>()?.UserId, Address = context.Connection.RemoteIpAddress };
        await next(context);
    }
}
