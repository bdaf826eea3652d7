using System.Globalization;
using System.Text.Json.Nodes;
using static OS2iot.Simulator.Sigfox.SigfoxCloudExtensions;

namespace OS2iot.Simulator.Sigfox;

/// <summary>Callbacks of device types, and what could not be delivered by them.</summary>
internal static class SigfoxCallbackResources
{
    public static void Map(RouteGroupBuilder v2, Api api)
    {
        v2.MapGet("device-types/{id}/callbacks", api.For((user, context) =>
            user.DeviceTypes.ContainsKey(Id(context)) ? Answer.Page(context, user.CallbacksOf(Id(context))) : Answer.Of(null)));
        v2.MapPost("device-types/{id}/callbacks", api.ForBody((user, context, body) => Add(api.Cloud, user, Id(context), body)));
        v2.MapPut("device-types/{id}/callbacks/{callbackId}", api.ForBody((user, context, body) => Change(user, context, callback =>
        {
            foreach (var (name, value) in body.ToList())
            {
                callback[name] = value?.DeepClone();
            }
        })));
        v2.MapDelete("device-types/{id}/callbacks/{callbackId}", api.For((user, context) =>
            Change(user, context, callback => user.CallbacksOf(Id(context)).Remove(callback))));
        v2.MapPut("device-types/{id}/callbacks/{callbackId}/downlink", api.ForBody((user, context, _) => Change(user, context, callback =>
        {
            user.CallbacksOf(Id(context)).ForEach(c => c["downlinkHook"] = false);
            callback["downlinkHook"] = true;
        })));
        v2.MapPut("device-types/{id}/callbacks/{callbackId}/enable", api.ForBody((user, context, _) =>
            Change(user, context, callback => callback["enabled"] = context.Request.Query["enabled"] != "false")));
        v2.MapGet("device-types/{id}/callbacks-not-delivered", api.For((user, context) => Answer.Page(context, Undelivered(user, context))));
    }

    private static Answer Add(SigfoxCloud cloud, SigfoxUser user, string typeId, JsonObject body)
    {
        if (!user.DeviceTypes.ContainsKey(typeId))
        {
            return Answer.Of(null);
        }

        if (!Uri.TryCreate(Text(body, "url"), UriKind.Absolute, out _))
        {
            return Answer.Wrong([Error("url", "The url is none.")]);
        }

        if (cloud.Faults.RefusedSubtypes.Contains((int?)body["callbackSubtype"] ?? -1))
        {
            return Answer.Wrong([Error("callbackSubtype", "Not in the contract.")]);
        }

        var callback = (JsonObject)body.DeepClone();
        callback["id"] = SigfoxCloud.NewId();
        callback["downlinkHook"] = false;
        callback["dead"] = false;
        user.CallbacksOf(typeId).Add(callback);
        return Answer.Of(new JsonObject { ["id"] = (string?)callback["id"] }, StatusCodes.Status201Created);
    }

    private static Answer Change(SigfoxUser user, HttpContext context, Action<JsonObject> change)
    {
        var id = (string?)context.GetRouteValue("callbackId");
        if (user.CallbacksOf(Id(context)).Find(c => (string?)c["id"] == id) is not { } callback)
        {
            return Answer.Of(null);
        }

        change(callback);
        return new Answer(StatusCodes.Status204NoContent, null);
    }

    private static IEnumerable<JsonObject> Undelivered(SigfoxUser user, HttpContext context)
    {
        var (since, before) = (Number(context, "since") ?? 0, Number(context, "before") ?? long.MaxValue);
        return user.Undelivered.GetValueOrDefault(Id(context), []).Where(u => (long)u["time"]! >= since && (long)u["time"]! < before);
    }

    private static long? Number(HttpContext context, string name) =>
        long.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var number) ? number : null;
}
