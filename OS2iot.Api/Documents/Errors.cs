using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using OS2iot.Api.Http;

namespace OS2iot.Api.Documents;

/// <summary>The bodies of refusals. Operations refer to them by status.</summary>
internal static class Errors
{
    private const string Standard = "Error";

    private const string Validation = "ValidationError";

    private const string Failure = "ValidationFailure";

    private const string Short = "SignInError";

    private const string Device = "DeviceError";

    /// <summary>By status: when it is answered, and how that looks.</summary>
    private static readonly Dictionary<int, (string When, JsonObject Example)> All = new()
    {
        [400] = (
            "The address, the query or the body breaks a rule, or what was asked for can't be done. `message` is a list of broken rules, or a code or text.",
            Refusal.BadRequest(ErrorCodes.NameInvalidOrAlreadyInUse).ToBody()),
        [401] = ("Nobody is signed in, or the token or key is not good any more.", Refusal.Unauthorized().ToBody()),
        [403] = ("The caller lacks the role, or may not touch this organization or application.", Refusal.ForbiddenRole().ToBody()),
        [404] = ("There is no such thing, or none that the caller may know of.", Refusal.NotFound().ToBody()),
        [409] = ("Something else stands in the way.", Refusal.Conflict("MESSAGE.DELETE-NOT-ALLOWED-HAS-SIGFOX-DEVICE").ToBody()),
        [412] = ("Somebody changed it since it was read.", Refusal.PreconditionFailed().ToBody()),
        [413] = ("The body has more than 100 kB.", Refusal.TooLarge().ToBody()),
        [500] = ("We failed. The reason is in our log.", Refusal.Unexpected().ToBody()),
        [429] = ("Too often. `Retry-After` says how many seconds to wait.", Refusal.TooManyRequests(retryAfter: 1).ToBody()),
    };

    public static IOpenApiResponse Reference(int status, bool isAuth, bool isDevice, OpenApiDocument document) =>
        new OpenApiResponseReference(Name(status, isAuth, isDevice), document);

    public static void AddTo(OpenApiDocument document)
    {
        document.AddComponent(Standard, Object(
            ("statusCode", Type(JsonSchemaType.Integer)), ("message", Type(JsonSchemaType.String, "A code that clients translate, or a text.")),
            ("error?", Type(JsonSchemaType.String, "The status in words. Absent where there is nothing to say beyond it.")),
            ("usedBy?", new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = Object(("id", Type(JsonSchemaType.Integer)), ("name", Type(JsonSchemaType.String))),
                Description = "Some of what uses the thing that can't be removed.",
            })));
        document.AddComponent(Failure, Object(
            ("target", Type(JsonSchemaType.Object, "What was sent, without secrets and shortened.")), ("value?", new OpenApiSchema { Description = "The member's value." }),
            ("property", Type(JsonSchemaType.String)),
            ("children", new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference(Failure, document), Description = "Of a member that has members." }),
            ("constraints?", new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String },
                Description = "The broken rules: name and text.",
            })));
        document.AddComponent(Validation, Object(
            ("statusCode", Type(JsonSchemaType.Integer)),
            ("message", new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference(Failure, document) }),
            ("error", Type(JsonSchemaType.String))));
        document.AddComponent(Short, Object(
            ("statusCode", Type(JsonSchemaType.Integer)), ("timestamp", new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" }),
            ("path", Type(JsonSchemaType.String)), ("code?", Type(JsonSchemaType.String, "Why, where whoever signs in can do something about it."))));
        document.AddComponent(Device, Object(("message", Type(JsonSchemaType.String))));

        foreach (var (status, (when, example)) in All)
        {
            document.AddComponent<IOpenApiResponse>(Name(status, isAuth: false, isDevice: false), Response(
                when,
                status == 400
                    ? new OpenApiSchema { AnyOf = [new OpenApiSchemaReference(Standard, document), new OpenApiSchemaReference(Validation, document)] }
                    : new OpenApiSchemaReference(Standard, document),
                status == 400 ? ("code", example) : ("answer", example), status == 400 ? ("rules", Rules()) : null));
            document.AddComponent<IOpenApiResponse>(Name(status, isAuth: true, isDevice: false), Response(
                when, status == 400 ? new OpenApiSchemaReference(Standard, document) : new OpenApiSchemaReference(Short, document),
                ("answer", status == 400 ? Refusal.Malformed("Unexpected token in JSON at line 1, byte 2").ToBody() : new JsonObject
                {
                    ["statusCode"] = status,
                    ["timestamp"] = "2026-03-01T08:30:00.000Z",
                    ["path"] = "/api/v1/auth/login",
                })));
        }

        document.AddComponent<IOpenApiResponse>(Name(400, isAuth: false, isDevice: true), Response(
            All[400].When + " A device that can't be saved has an answer with nothing but the text.",
            new OpenApiSchema
            {
                AnyOf = [new OpenApiSchemaReference(Device, document), new OpenApiSchemaReference(Standard, document), new OpenApiSchemaReference(Validation, document)],
            },
            ("device", Refusal.Device(ErrorCodes.ApplicationDoesNotExist).ToBody()), ("rules", Rules())));
    }

    private static string Name(int status, bool isAuth, bool isDevice) =>
        ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal)
        + (isAuth ? "OfSignIn" : isDevice && status == 400 ? "OfDevice" : "");

    private static JsonObject Rules() => Refusal.Invalid(
    [
        new JsonObject
        {
            ["target"] = new JsonObject { ["name"] = "" },
            ["value"] = "",
            ["property"] = "name",
            ["children"] = new JsonArray(),
            ["constraints"] = new JsonObject { ["minLength"] = "name must be longer than or equal to 1 characters" },
        },
    ]).ToBody();

    private static OpenApiResponse Response(string when, IOpenApiSchema schema, params (string Name, JsonObject Body)?[] examples) => new()
    {
        Description = when,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/json"] = new()
            {
                Schema = schema,
                Examples = examples.OfType<(string Name, JsonObject Body)>()
                    .ToDictionary(e => e.Name, IOpenApiExample (e) => new OpenApiExample { Value = e.Body }),
            },
        },
    };

    private static OpenApiSchema Type(JsonSchemaType type, string? description = null) => new() { Type = type, Description = description };

    private static OpenApiSchema Object(params (string Name, IOpenApiSchema Schema)[] members) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = members.ToDictionary(m => m.Name.TrimEnd('?'), m => m.Schema),
        Required = members.Select(m => m.Name).Where(n => !n.EndsWith('?')).ToHashSet(),
    };

    internal static bool Knows(int status) => All.ContainsKey(status);

    internal static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
