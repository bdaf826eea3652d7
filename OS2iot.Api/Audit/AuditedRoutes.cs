using OS2iot.Core.Audit;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Audit;

/// <summary>What a call that was refused would have changed, told by its address: there is nothing else to tell it by.</summary>
internal static class AuditedRoutes
{
    private static readonly PathString Prefix = $"/{EndpointsExtensions.RoutePrefix}";

    /// <summary>Longer addresses stand before those that they begin with.</summary>
    private static readonly (PathString Path, string Type)[] Types =
    [
        ("/application", AuditTypes.Application),
        ("/iot-device", AuditTypes.Device),
        ("/iot-device-payload-decoder-data-target-connection", AuditTypes.Connection),
        ("/data-target", AuditTypes.DataTarget),
        ("/payload-decoder", AuditTypes.PayloadDecoder),
        ("/device-model", AuditTypes.DeviceModel),
        ("/multicast", AuditTypes.Multicast),
        ("/api-key", AuditTypes.ApiKey),
        ("/organization", AuditTypes.Organization),
        ("/permission", AuditTypes.Permission),
        ("/user", AuditTypes.User),
        ("/account", AuditTypes.User),
        ("/kombitCreation", AuditTypes.User),
        ("/sigfox-group", AuditTypes.SigfoxGroup),
        ("/sigfox-device-type", AuditTypes.SigfoxDeviceType),
        ("/sigfox-job", AuditTypes.SigfoxJob),
        ("/chirpstack/gateway", AuditTypes.Gateway),
        ("/chirpstack/device-profiles", AuditTypes.DeviceProfile),
    ];

    /// <summary>Null where nothing is changed that the log tells of.</summary>
    public static (string Action, string Type)? Of(string method, PathString path)
    {
        if (ActionOf(method) is not { } action || !path.StartsWithSegments(Prefix, StringComparison.OrdinalIgnoreCase, out var rest))
        {
            return null;
        }

        var type = Types.Where(t => rest.StartsWithSegments(t.Path, StringComparison.OrdinalIgnoreCase)).Select(t => t.Type).FirstOrDefault();
        var last = rest.Value!.TrimEnd('/').Split('/')[^1];
        return (type, last.ToUpperInvariant()) switch
        {
            (null, _) => null,
            (AuditTypes.Device, "DOWNLINK") or (AuditTypes.Multicast, "DOWNLINK-MULTICAST") => (action, AuditTypes.Downlink),
            (AuditTypes.Device, "RENEW") => (AuditActions.Update, type),
            (_, "RESEND") => (AuditActions.Resend, type),
            _ => (action, type),
        };
    }

    private static string? ActionOf(string method) =>
        HttpMethods.IsPost(method) ? AuditActions.Create
        : HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) ? AuditActions.Update
        : HttpMethods.IsDelete(method) ? AuditActions.Delete
        : null;
}
