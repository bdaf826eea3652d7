using Microsoft.Extensions.Options;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Pages.Access;
using OS2iot.Portal.Pages.Account;
using OS2iot.Portal.Pages.ApiKeys;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.AuditLog;
using OS2iot.Portal.Pages.Connections;
using OS2iot.Portal.Pages.DataTargets;
using OS2iot.Portal.Pages.Devices;
using OS2iot.Portal.Pages.Downlinks;
using OS2iot.Portal.Pages.Gateways;
using OS2iot.Portal.Pages.Organizations;
using OS2iot.Portal.Pages.PayloadDecoders;
using OS2iot.Portal.Pages.Permissions;
using OS2iot.Portal.Pages.Search;
using OS2iot.Portal.Pages.Sigfox;
using OS2iot.Portal.Pages.Sync;
using OS2iot.Portal.Pages.Users;

namespace OS2iot.Portal.Api;

internal static class ApiExtensions
{
    /// <summary>Devices of an outside network are made there too, one after the other.</summary>
    private static readonly TimeSpan ImportTimeout = TimeSpan.FromMinutes(2);

    /// <summary>A typed client per feature, each with the token of the user it works for.</summary>
    public static void AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddTransient<AccessTokenHandler>();

        builder.Services.AddApiClient<SessionClient>();
        builder.Services.AddApiClient<AccessClient>();
        builder.Services.AddApiClient<AccountClient>();
        builder.Services.AddApiClient<ApplicationClient>();
        builder.Services.AddApiClient<DeviceClient>();
        builder.Services.AddApiClient<GatewayClient>();
        builder.Services.AddApiClient<DataTargetClient>();
        builder.Services.AddApiClient<ConnectionClient>();
        builder.Services.AddApiClient<DownlinkClient>();
        builder.Services.AddApiClient<PayloadDecoderClient>();
        builder.Services.AddApiClient<OrganizationClient>();
        builder.Services.AddApiClient<SigfoxClient>();
        builder.Services.AddApiClient<SyncClient>();
        builder.Services.AddApiClient<DeviceImport>(client => client.Timeout = ImportTimeout);
        builder.Services.AddApiClient<UserClient>();
        builder.Services.AddApiClient<PermissionClient>();
        builder.Services.AddApiClient<ApiKeyClient>();
        builder.Services.AddApiClient<AuditLogClient>();
        builder.Services.AddApiClient<SearchClient>();
        builder.Services.AddApiClient<MessageStreamClient>(client => client.Timeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddApiClient<ApiHealthCheck>();
        builder.Services.AddHealthChecks().AddCheck<ApiHealthCheck>("api", timeout: TimeSpan.FromSeconds(3));
    }

    private static void AddApiClient<T>(this IServiceCollection services, Action<HttpClient>? configure = null)
        where T : class =>
        services.AddHttpClient<T>((provider, client) =>
            {
                var options = provider.GetRequiredService<IOptions<ApiOptions>>().Value;
                client.BaseAddress = new Uri(options.Address, "/api/v1/");
                client.Timeout = options.Timeout;
                configure?.Invoke(client);
            })
            .AddHttpMessageHandler<AccessTokenHandler>();
}
