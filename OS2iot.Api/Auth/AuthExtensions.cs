using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OS2iot.Api.ApiKeys;
using OS2iot.Core.Organizations;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Auth;

internal static class AuthExtensions
{
    private const string TokenOrKey = "token-or-key";

    /// <summary>Registers sign-in, access tokens and permissions. <see cref="Caller"/> can be asked for by any endpoint with a policy.</summary>
    public static IHostApplicationBuilder AddAuth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<JwtOptions>().BindConfiguration(JwtOptions.Section).ValidateDataAnnotations()
            .Validate(jwt => jwt.PreviousSecrets.All(s => s.Length >= JwtOptions.SecretMinLength), "Each of Jwt:PreviousSecrets must have at least 32 characters.")
            .ValidateOnStart();
        builder.Services.AddSingleton<AccessTokens>();
        builder.Services.AddSingleton<LoginThrottle>();
        builder.Services.AddOptions<PasswordOptions>().BindConfiguration(PasswordOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<PasswordRules>();
        builder.Services.AddScoped<Sessions>();
        builder.Services.AddScoped<SignInLog>();
        builder.Services.AddScoped<NewPasswords>();
        builder.Services.AddScoped<OneTimeCodes>();
        builder.Services.AddSingleton<PasswordResetMails>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PasswordResetMails>());
        builder.Services.AddSingleton<IConfigureOptions<JwtBearerOptions>, ConfigureJwtBearer>();
        builder.Services.AddSingleton<ApiKeySecret>();
        builder.Services.AddScoped<ApiKeyReader>();
        builder.Services.AddAuthentication(TokenOrKey)
            .AddPolicyScheme(TokenOrKey, null, scheme => scheme.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddJwtBearer();
        builder.Services.AddAuthorization(Role.AddTo);
        builder.Services.AddSingleton<IAuthorizationHandler, RoleRequirementHandler>();
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationAnswers>();
        builder.Services.AddHttpContextAccessor();

        // Endpoints are also made once at start, when nobody calls.
        builder.Services.AddScoped(services =>
            services.GetRequiredService<IHttpContextAccessor>().HttpContext?.Features.Get<Caller>() ?? Caller.Nobody);
        return builder;
    }

    private static string SchemeOf(HttpContext context) =>
        context.Request.Headers.ContainsKey(ApiKeyAuthentication.Header) && context.GetEndpoint()?.Metadata.GetMetadata<AcceptsApiKeys>() is not null
            ? ApiKeyAuthentication.SchemeName
            : JwtBearerDefaults.AuthenticationScheme;
}
