using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
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

/// <summary>
/// Tells the database context who acts. Contexts are pooled and would otherwise remember somebody else's name.
/// </summary>
internal sealed class ActingUser(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context, AppDbContext db)
    {
        db.ActingUserId = context.Features.Get<Caller>()?.UserId;
        return next(context);
    }
}
