using System.Globalization;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Audit;

/// <summary>Tells the audit log of changes that a signed-in caller asked for and did not get.</summary>
internal sealed class RefusedChanges(RequestDelegate next, FailureLog failures)
{
    private const int MaxIdLength = 64;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Refusal refusal) when (refusal.StatusCode is >= 400 and < 500 && context.Features.Get<Caller>() is { } caller)
        {
            if (AuditedRoutes.Of(context.Request.Method, context.Request.Path) is { } change)
            {
                var actor = new Actor { UserId = caller.UserId, Address = context.Connection.RemoteIpAddress };
                await failures.WriteAsync(Record(context, change, refusal), actor);
            }

            throw;
        }
    }

    private static AuditRecord Record(HttpContext context, (string Action, string Type) change, Refusal refusal)
    {
        var id = (context.GetRouteValue("id") ?? context.GetRouteValue("gatewayId")) as string;

        // Downlinks have no address of their own: the id is that of whoever should get it.
        var isKey = change.Type is not (AuditTypes.Gateway or AuditTypes.DeviceProfile or AuditTypes.Downlink or AuditTypes.SigfoxDeviceType)
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return new AuditRecord
        {
            Action = change.Action,
            Type = change.Type,
            EntityId = id is { Length: > MaxIdLength } ? id[..MaxIdLength] : id,
            OwnerId = isKey ? id : "",
            Refused = refusal.Reason,
        };
    }
}
