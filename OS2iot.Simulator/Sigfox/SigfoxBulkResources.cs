using System.Text.Json.Nodes;
using static OS2iot.Simulator.Sigfox.SigfoxCloudExtensions;

namespace OS2iot.Simulator.Sigfox;

/// <summary>Jobs: restarts of devices, and their transfer to another device type.</summary>
internal static class SigfoxBulkResources
{
    public static void Map(RouteGroupBuilder v2, Api api, SigfoxCloud cloud)
    {
        v2.MapPost("devices/bulk/restart", api.ForBody((user, _, body) => Start(cloud, user, Texts(body["data"]))));
        v2.MapGet("devices/bulk/restart/{id}", api.For(RestartStatus));
        v2.MapPost("device-types/{id}/bulk/restart", api.ForBody((user, context, _) => user.DeviceTypes.ContainsKey(Id(context))
            ? Start(cloud, user, [.. user.Devices.Values.Where(d => (string?)d["deviceType"]!["id"] == Id(context)).Select(d => (string)d["id"]!)])
            : Answer.Of(null)));
        v2.MapGet("device-types/bulk/restart/{id}", api.For(RestartStatus));
        v2.MapPost("devices/bulk/transfer", api.ForBody((user, _, body) => Transfer(cloud, user, body)));
        v2.MapGet("devices/bulk/{id}", api.For((user, context) => Answer.Of(Look(user, Id(context), job => new JsonObject
        {
            ["jobDone"] = job.IsDone,
            ["total"] = job.Devices.Count,
            ["status"] = new JsonObject { ["success"] = job.IsDone ? job.Devices.Count - job.Failing.Count : 0, ["errors"] = Errors(job) },
        }))));
    }

    private static Answer Start(SigfoxCloud cloud, SigfoxUser user, List<string> devices)
    {
        var id = SigfoxCloud.NewId();
        user.Jobs[id] = new SigfoxBulkJob(devices, cloud.Faults.FailingDevices, cloud.Faults.JobLooks);
        return Answer.Of(new JsonObject { ["total"] = devices.Count, ["jobId"] = id }, StatusCodes.Status201Created);
    }

    private static Answer Transfer(SigfoxCloud cloud, SigfoxUser user, JsonObject body)
    {
        var type = Text(body, "deviceTypeId") ?? "";
        if (!user.DeviceTypes.TryGetValue(type, out var found))
        {
            return Answer.Wrong([Error("deviceTypeId", "There is no such device type.")]);
        }

        var devices = (body["data"] as JsonArray ?? []).Select(d => (string?)d!["id"]).OfType<string>().ToList();
        foreach (var id in devices.Except(cloud.Faults.FailingDevices).Where(user.Devices.ContainsKey))
        {
            user.Devices[id]["deviceType"] = new JsonObject { ["id"] = type, ["name"] = (string?)found["name"] };
        }

        return Start(cloud, user, devices);
    }

    private static Answer RestartStatus(SigfoxUser user, HttpContext context) => Answer.Of(Look(user, Id(context), job => new JsonObject
    {
        ["jobDone"] = job.IsDone,
        ["status"] = new JsonObject
        {
            ["total"] = job.Devices.Count,
            ["nbSuccess"] = job.IsDone ? job.Devices.Count - job.Failing.Count : job.Devices.Count / 2,
            ["nbErrors"] = job.IsDone ? job.Failing.Count : 0,
            ["errors"] = Errors(job),
        },
    }));

    private static JsonObject? Look(SigfoxUser user, string id, Func<SigfoxBulkJob, JsonObject> tell)
    {
        if (!user.Jobs.TryGetValue(id, out var job))
        {
            return null;
        }

        var told = tell(job);
        job.Look();
        return told;
    }

    private static JsonArray Errors(SigfoxBulkJob job) => job.IsDone
        ? [.. job.Failing.Select(d => (JsonNode)new JsonObject { ["entity"] = d, ["message"] = "Asked to fail", ["type"] = 0 })]
        : [];

    private static List<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(t => (string?)t).OfType<string>()];
}
