using System.Text.Json;
using System.Text.Json.Nodes;
using OS2iot.Api.Http;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>What callers are told when Sigfox does not do what they asked for.</summary>
internal static class SigfoxRefusals
{
    public static Refusal ToRefusal(this SigfoxException exception) => exception.Failure switch
    {
        SigfoxFailure.BadLogin => Refusal.Elsewhere(StatusCodes.Status401Unauthorized, ErrorCodes.SigfoxBadLogin),
        SigfoxFailure.Refused when exception.Errors.Count > 0 => Refusal.Invalid([.. exception.Errors.Select(ToItem)]),
        SigfoxFailure.Refused => Refusal.BadRequest(exception.Message),
        SigfoxFailure.NotFound => Refusal.NotFound(),
        _ => exception.ToOutage(),
    };

    /// <summary>The same for a device, of which clients expect nothing but the text.</summary>
    public static Refusal ToDeviceRefusal(this SigfoxException exception) => exception.Failure switch
    {
        SigfoxFailure.BadLogin => Refusal.Device(ErrorCodes.SigfoxBadLogin),
        SigfoxFailure.NotFound => Refusal.Device(ErrorCodes.DeviceDoesNotExistInSigfox),
        SigfoxFailure.Refused => Refusal.Device(exception.Message),
        _ => exception.ToOutage(),
    };

    private static Refusal ToOutage(this SigfoxException exception) => exception.Failure switch
    {
        SigfoxFailure.TooManyRequests => Refusal.Elsewhere(
            StatusCodes.Status429TooManyRequests, exception.Message, (int)exception.RetryAfter.TotalSeconds),
        SigfoxFailure.Unavailable => Refusal.Elsewhere(StatusCodes.Status503ServiceUnavailable, exception.Message),
        _ => Refusal.Elsewhere(StatusCodes.Status502BadGateway, exception.Message),
    };

    // As Sigfox sent it, and with the members that clients look for in a list of errors.
    private static JsonNode ToItem(JsonElement error)
    {
        var item = error.ValueKind == JsonValueKind.Object ? JsonObject.Create(error.Clone())! : [];
        item["property"] ??= error.Text("field") ?? "";
        item["children"] ??= new JsonArray();
        item["constraints"] ??= new JsonObject { ["sigfox"] = error.Text("message") ?? "SigFox refused it." };
        return item;
    }
}
