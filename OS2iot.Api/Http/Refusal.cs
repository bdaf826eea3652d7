using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace OS2iot.Api.Http;

/// <summary>
/// An answer other than the one asked for. Thrown where it is found out, written by <see cref="ErrorAnswers"/>: the wire has
/// five error bodies, and one place must know them all.
/// </summary>
internal sealed class Refusal : Exception
{
    private const int MaxReasonLength = 1000;

    private readonly JsonNode? _message;

    private Refusal(int statusCode, RefusalForm form, JsonNode? message)
        : base($"Answered {statusCode}.")
    {
        StatusCode = statusCode;
        Form = form;
        _message = message;
    }

    public int StatusCode { get; }

    public RefusalForm Form { get; }

    /// <summary>For the audit log: what was wrong, without what was sent.</summary>
    public string Reason
    {
        get
        {
            var reason = _message is JsonArray failures
                ? string.Join("; ", failures.OfType<JsonObject>().Select(f => $"{f["property"]}: {RulesOf(f)}"))
                : _message?.ToString() ?? ReasonPhrases.GetReasonPhrase(StatusCode);
            return reason.Length <= MaxReasonLength ? reason : reason[..MaxReasonLength];
        }
    }

    /// <summary>Why a sign-in failed, where whoever signs in can do something about it. Its place is the short form of /auth.</summary>
    public string? Code { get; init; }

    /// <summary>Some of what stands in the way, where something is in use.</summary>
    public JsonArray? UsedBy { get; init; }

    /// <summary>Seconds after which another try makes sense.</summary>
    public int? RetryAfter { get; init; }

    public static Refusal BadRequest(string message) => new(StatusCodes.Status400BadRequest, RefusalForm.Standard, message);

    /// <summary>Neither JSON nor anything else we read; the same body everywhere, even under /auth.</summary>
    public static Refusal Malformed(string message) => new(StatusCodes.Status400BadRequest, RefusalForm.Malformed, message);

    public static Refusal Invalid(JsonArray failures) => new(StatusCodes.Status400BadRequest, RefusalForm.Standard, failures);

    /// <summary>A device that can't be saved as asked: clients expect nothing but the text.</summary>
    public static Refusal Device(string message) => new(StatusCodes.Status400BadRequest, RefusalForm.MessageOnly, message);

    public static Refusal Unauthorized() => new(StatusCodes.Status401Unauthorized, RefusalForm.Bare, "Unauthorized");

    public static Refusal Unauthorized(string code) => new(StatusCodes.Status401Unauthorized, RefusalForm.Bare, "Unauthorized") { Code = code };

    /// <summary>The API key is unknown, expired or none of ours.</summary>
    public static Refusal WrongApiKey() => new(StatusCodes.Status401Unauthorized, RefusalForm.Standard, ErrorCodes.ApiKeyAuthFailed);

    public static Refusal BadRequestBare() => new(StatusCodes.Status400BadRequest, RefusalForm.Bare, "Bad Request");

    /// <summary>The caller has the role in no organization.</summary>
    public static Refusal ForbiddenRole() => new(StatusCodes.Status403Forbidden, RefusalForm.Standard, "Forbidden resource");

    /// <summary>The caller has the role, but not for this organization or application.</summary>
    public static Refusal Forbidden() => new(StatusCodes.Status403Forbidden, RefusalForm.Bare, "Forbidden");

    public static Refusal NotFound(string? message = ErrorCodes.IdDoesNotExist) => message is null
        ? new(StatusCodes.Status404NotFound, RefusalForm.Bare, "Not Found")
        : new(StatusCodes.Status404NotFound, RefusalForm.Standard, message);

    /// <param name="message">A code.</param>
    /// <param name="usedBy">Of what the caller may see.</param>
    public static Refusal InUse(string message, JsonArray usedBy) =>
        new(StatusCodes.Status409Conflict, RefusalForm.Standard, message) { UsedBy = usedBy };

    public static Refusal Conflict(string message) => new(StatusCodes.Status409Conflict, RefusalForm.Standard, message);

    /// <summary>Somebody changed what the caller read before.</summary>
    public static Refusal PreconditionFailed() => new(StatusCodes.Status412PreconditionFailed, RefusalForm.Standard, "It was changed since it was read");

    public static Refusal TooLarge() => new(StatusCodes.Status413PayloadTooLarge, RefusalForm.Bare, "request entity too large");

    public static Refusal TooManyRequests(int retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, RefusalForm.Standard, "Too many requests. Try again later.") { RetryAfter = retryAfter };

    /// <summary>Another system, which was needed for this, did not do it.</summary>
    public static Refusal Elsewhere(int statusCode, string message, int? retryAfter = null) =>
        new(statusCode, RefusalForm.Standard, message) { RetryAfter = retryAfter };

    public static Refusal Unexpected() => new(StatusCodes.Status500InternalServerError, RefusalForm.Bare, "Internal server error");

    public JsonObject ToBody()
    {
        var body = ToPlainBody();
        if (UsedBy is not null)
        {
            body["usedBy"] = UsedBy.DeepClone();
        }

        return body;
    }

    private JsonObject ToPlainBody() => Form switch
    {
        RefusalForm.MessageOnly => new JsonObject { ["message"] = _message?.DeepClone() },
        RefusalForm.Bare => new JsonObject { ["statusCode"] = StatusCode, ["message"] = _message?.DeepClone() },
        _ => new JsonObject
        {
            ["statusCode"] = StatusCode,
            ["message"] = _message?.DeepClone(),
            ["error"] = ReasonPhrases.GetReasonPhrase(StatusCode),
        },
    };

    private static string RulesOf(JsonObject failure) =>
        string.Join(", ", (failure["constraints"] as JsonObject ?? []).Select(c => c.Key));
}

/// <summary>Which members an error body has.</summary>
internal enum RefusalForm
{
    /// <summary>statusCode, message, error.</summary>
    Standard,

    /// <summary>statusCode, message.</summary>
    Bare,

    /// <summary>message.</summary>
    MessageOnly,

    /// <summary>As <see cref="Standard"/>, and that also where /auth has a form of its own.</summary>
    Malformed,
}
