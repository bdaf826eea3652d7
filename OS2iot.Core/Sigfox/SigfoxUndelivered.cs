using System.Text.Json;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// A callback that Sigfox could not deliver:
/// <code>
/// {"deviceId":"1A2B3C","deviceTypeId":"5d8c…","time":1700000000000,"data":"0102ff","status":"503","message":"Service Unavailable",
///  "callback":{"url":"https://…","method":"POST","contentType":"application/json","headers":{},"body":"{…}","error":"…"},"parameters":{}}
/// </code>
/// </summary>
public sealed record SigfoxUndelivered
{
    public string DeviceId { get; init; } = "";

    /// <summary>When the device sent it; null where Sigfox does not tell.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Where it was to go.</summary>
    public string Url { get; init; } = "";

    /// <summary>What was to go there.</summary>
    public string Body { get; init; } = "";

    internal static SigfoxUndelivered From(JsonElement json)
    {
        var callback = json.Member("callback") ?? default;
        return new SigfoxUndelivered
        {
            DeviceId = json.Text("deviceId") ?? "",
            SentAt = json.Number("time") is { } time and > 0 and < 253_402_300_799_000 ? DateTimeOffset.FromUnixTimeMilliseconds((long)time) : null,
            Url = callback.Text("url") ?? "",
            Body = callback.Text("body") ?? "",
        };
    }
}
