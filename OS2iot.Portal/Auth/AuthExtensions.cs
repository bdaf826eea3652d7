using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using OS2iot.Core.Secrets;
using OS2iot.Core.SignIn;

namespace OS2iot.Portal.Auth;

internal static class AuthExtensions
{
    public const string Cookie = "os2iot.session";

    /// <summary>Sessions by cookie. Every page needs one unless it says otherwise.</summary>
    public static void AddSignIn(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PortalOptions>().BindConfiguration(PortalOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddCookieKeys();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = Cookie;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "returnUrl";
            options.SlidingExpiration = false; // the Api says when a session ends
            options.Events.OnValidatePrincipal = Session.RenewAsync;
        });
        builder.AddOidc();
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    private static void AddOidc(this IHostApplicationBuilder builder)
    {
        ProviderKeys.WaitForNewOnes();
        builder.Services.AddOptions<OidcOptions>().BindConfiguration(OidcOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (builder.Configuration[$"{OidcOptions.Section}:{nameof(OidcOptions.Authority)}"] is { Length: > 0 })
        {
            builder.Services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, ConfigureOidc>();
            builder.Services.AddAuthentication().AddOpenIdConnect(ConfigureOidc.Scheme, _ => { });
        }
    }

    private static void AddCookieKeys(this IHostApplicationBuilder builder)
    {
        var protection = builder.Services.AddDataProtection().SetApplicationName("OS2iot.Portal");
        if (builder.Configuration[$"{PortalOptions.Section}:{nameof(PortalOptions.KeysDirectory)}"] is not { Length: > 0 } path)
        {
            protection.UseEphemeralDataProtectionProvider();
            builder.Services.AddHostedService<KeysWarning>();
            return;
        }

        protection.PersistKeysToFileSystem(PrivateDirectory(path));
        if (!string.IsNullOrEmpty(builder.Configuration[$"{SecretsOptions.Section}:{nameof(SecretsOptions.MasterKey)}"]))
        {
            protection.ProtectKeysWithMasterKey();
        }
    }

    private static DirectoryInfo PrivateDirectory(string path)
    {
        var directory = Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            directory.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        return directory;
    }
}
