using System.Globalization;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>Reads access tokens, and looks up on every request whether their user still exists and what that user may do now.</summary>
internal sealed class ConfigureJwtBearer(IOptions<JwtOptions> jwt, TimeProvider clock) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            IssuerSigningKeys = AccessTokens.SigningKeys(jwt.Value),
            TryAllIssuerSigningKeys = true,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidateIssuer = false,
            ValidateAudience = false,
            RequireExpirationTime = true,
            LifetimeValidator = (_, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime,
            NameClaimType = AccessTokens.UserName,
        };
        options.Events = new JwtBearerEvents { OnMessageReceived = LookForTokenInAddress, OnTokenValidated = FindCallerAsync };
    }

    private static Task LookForTokenInAddress(MessageReceivedContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0
            && context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<TokenInAddressAttribute>() is not null)
        {
            context.Token = context.Request.Query[TokenInAddressAttribute.Parameter];
        }

        return Task.CompletedTask;
    }

    private async Task FindCallerAsync(TokenValidatedContext context)
    {
        var http = context.HttpContext;
        var caller = int.TryParse(
            context.Principal?.FindFirst(AccessTokens.UserId)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
            && Guid.TryParseExact(context.Principal?.FindFirst(AccessTokens.Session)?.Value, "N", out var session)
            ? await Caller.FindAsync(http.RequestServices.GetRequiredService<AppDbContext>(), userId, session, clock.GetUtcNow(), http.RequestAborted)
            : null;
        if (caller is null)
        {
            context.Fail("The user is gone or switched off, or the session ended.");
            return;
        }

        http.Features.Set(caller);
    }
}
