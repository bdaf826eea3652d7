using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OS2iot.Tests.Portal;

public sealed partial class FakeApi
{
    public const string SigfoxType = "5d5a2b0c9e93a17d2c1f0a01";

    /// <summary>Of its jobs, newest first.</summary>
    public List<string> JobStates { get; } = ["running", "waiting", "done", "failed"];

    /// <summary>What Sigfox tells of the device; null before it told anything.</summary>
    public bool SigfoxTells { get; set; } = true;

    /// <summary>registered, pending or refused.</summary>
    public string Registration { get; set; } = "registered";

    private void MapSigfox(RouteGroupBuilder api)
    {
        api.MapGet("/sigfox-group", () => List(IsEmpty ? [] : [SigfoxGroup(1), SigfoxGroup(2)]));
        api.MapGet("/sigfox-group/{id:int}", (int id) => Json(SigfoxGroup(id)));
        api.MapPost("/sigfox-group", () => Json(SigfoxGroup(1), 201));
        api.MapPut("/sigfox-group/{id:int}", (int id) => Json(SigfoxGroup(id)));
        api.MapGet("/sigfox-contract", () => Json(new JsonArray(new JsonObject { ["id"] = "c1", ["name"] = _name("Kontrakt 2026") })));
        api.MapGet("/sigfox-device-type", () => Json(new JsonObject { ["data"] = IsEmpty ? [] : new JsonArray(DeviceType(SigfoxType), DeviceType("5d5a2b0c9e93a17d2c1f0a02")) }));
        api.MapGet("/sigfox-device-type/callbacks", () => Json(IsEmpty ? new JsonArray() : new JsonArray(Callbacks("good"), Callbacks("failing"), Callbacks("unknown"))));
        api.MapGet("/sigfox-device-type/{id}", (string id) => Json(DeviceType(id)));
        api.MapPost("/sigfox-device-type", () => Json(new JsonObject { ["id"] = SigfoxType }, 201));
        api.MapPut("/sigfox-device-type/{id}", () => Results.NoContent());
        api.MapPost("/sigfox-device-type/{id}/callbacks/check", () => Results.NoContent());
        api.MapGet("/sigfox-api-device", () => Json(new JsonObject { ["data"] = IsEmpty ? [] : new JsonArray(
            new JsonObject { ["id"] = "00C0FFEE", ["name"] = _name("Spand 7"), ["deviceType"] = new JsonObject { ["id"] = SigfoxType, ["name"] = _name("Spande") } }) }));
        api.MapGet("/sigfox-job", () => List(IsEmpty ? [] : [.. JobStates.Select((state, i) => Job(i + 1, state))]));
        api.MapGet("/sigfox-job/{id:int}", (int id) => Json(Job(id, JobStates[Math.Clamp(id - 1, 0, JobStates.Count - 1)])));
        api.MapGet("/sigfox-job/{id:int}/devices", () => List(
        [
            new JsonObject { ["deviceId"] = SigfoxDevice, ["name"] = _name("Spand 1"), ["sigfoxId"] = "00C0FFE1", ["state"] = "failed", ["error"] = _name("PAC is invalid") },
            new JsonObject { ["deviceId"] = null, ["name"] = null, ["sigfoxId"] = "00C0FFE2", ["state"] = "done", ["error"] = null },
        ]));
        foreach (var kind in (string[])["register-devices", "restart-devices", "restart-device-type"])
        {
            api.MapPost($"/sigfox-job/{kind}", () => Json(Job(1, "waiting"), 201));
        }

        api.MapGet("/iot-device/{id:int}/sigfox", () => Json(SigfoxState()));
    }

    private static JsonObject SigfoxSettings() => new()
    {
        ["deviceId"] = "00C0FFE1", ["deviceTypeId"] = SigfoxType, ["deviceTypeName"] = "Spande", ["groupId"] = 1,
    };

    private JsonObject SigfoxGroup(int id)
    {
        var group = Entity(id, "");
        group["username"] = _name("5d5a2b0c9e93a17d2c1f0b01");
        group["sigfoxGroupId"] = "5d5a2b0c9e93a17d2c1f0c01";
        group["sigfoxGroupData"] = id == 1 ? new JsonObject { ["id"] = "5d5a2b0c9e93a17d2c1f0c01", ["name"] = _name("Skovby Renovation") } : null;
        group["belongsTo"] = new JsonObject { ["id"] = 1, ["name"] = _name("Skovby Kommune") };
        return group;
    }

    private JsonObject DeviceType(string id) => new()
    {
        ["id"] = id,
        ["name"] = id == SigfoxType ? _name("Spande") : "",
        ["description"] = _name("Niveau i byens skraldespande"),
        ["contract"] = new JsonObject { ["id"] = "c1", ["name"] = _name("Kontrakt 2026") },
        ["keepAlive"] = 7200,
        ["alertEmail"] = "drift@skovby.example",
    };

    private JsonObject Callbacks(string state)
    {
        var isGood = state == "good";
        JsonObject Callback(string kind, string of, string? error = null) => new() { ["kind"] = kind, ["state"] = of, ["error"] = error };
        return new JsonObject
        {
            ["deviceTypeId"] = isGood ? SigfoxType : $"5d5a2b0c9e93a17d2c1f0a0{(state == "failing" ? 2 : 3)}",
            ["state"] = state,
            ["checkedAt"] = state == "unknown" ? null : Created,
            ["goodAt"] = isGood ? Created : null,
            ["error"] = state == "failing" ? _name("Sigfox can't be reached") : null,
            ["callbacks"] = isGood
                ? new JsonArray(
                    Callback("bidir", "good"), Callback("acknowledge", "repaired"), Callback("dataAdvanced", "refused", _name("Not in the contract")),
                    Callback("status", "good"), Callback("error", "good"))
                : [],
            ["undeliveredReadAt"] = Created,
            ["undeliveredError"] = null,
            ["recovered"] = isGood ? 200 : 0,
            ["lastRecoveredAt"] = null,
        };
    }

    private JsonObject Job(int id, string state)
    {
        var job = Entity(id, "");
        job["kind"] = id switch { 1 => "register", 2 => "restartDevices", 3 => "restartDeviceType", _ => "transfer" };
        job["groupId"] = 1;
        job["deviceTypeId"] = SigfoxType;
        job["state"] = state;
        job["total"] = 100;
        job["succeeded"] = 40;
        job["failed"] = state == "failed" ? 3 : 0;
        job["message"] = state == "waiting" ? _name("SigFox limits how often it is asked.") : null;
        job["nextAttemptAt"] = state == "waiting" ? DateTimeOffset.UtcNow.AddMinutes(1) : null;
        job["finishedAt"] = state is "done" or "failed" ? Created.AddHours(1) : null;
        return job;
    }

    private JsonObject SigfoxState()
    {
        var state = new JsonObject
        {
            ["registration"] = Registration,
            ["registrationError"] = Registration == "refused" ? _name("The pac is wrong") : null,
            ["nextDeviceTypeId"] = null,
            ["missingSince"] = null,
            ["battery"] = null,
            ["temperature"] = null,
            ["statusAt"] = null,
            ["linkQuality"] = null,
            ["stations"] = null,
            ["location"] = null,
            ["error"] = null,
            ["days"] = new JsonArray(),
            ["baseStations"] = new JsonArray(),
        };
        if (SigfoxTells)
        {
            (state["battery"], state["temperature"], state["statusAt"], state["linkQuality"], state["stations"]) = (3.1, 11.5, Created, "GOOD", 2);
            state["location"] = new JsonObject { ["latitude"] = 56.15, ["longitude"] = 10.2, ["radius"] = 2500, ["at"] = Created };
            state["error"] = new JsonObject { ["at"] = Created, ["severity"] = "WARN", ["text"] = _name("No frame has been received") };
            state["days"] = new JsonArray(new JsonObject { ["day"] = Created, ["heard"] = 96, ["lost"] = 3, ["recovered"] = 2 });
            state["baseStations"] = new JsonArray(new JsonObject { ["id"] = "0A10", ["messages"] = 90, ["rssi"] = -110.5, ["snr"] = 12.5, ["lastHeardAt"] = Created });
        }

        return state;
    }
}
