using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OS2iot.Simulator.Sigfox;

internal static class SigfoxCloudExtensions
{
    /// <summary>Where version 2 of the API begins on this host.</summary>
    public const string Path = "/sigfox/v2";

    private const int MaxPage = 100;

    private const int MaxBody = 64 * 1024;

    public static WebApplicationBuilder AddSigfoxCloud(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SigfoxCloud>();
        builder.Services.AddSingleton<SigfoxRadio>();
        builder.Services.AddHttpClient(SigfoxRadio.ClientName, client => client.Timeout = TimeSpan.FromSeconds(10)) // as at Sigfox
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .RemoveAllLoggers();
        return builder;
    }

    /// <summary>
    /// The resources that we use of Sigfox's API, by basic authentication. <c>PUT /sigfox/users/{name}</c> with
    /// <c>{"password":"…"}</c> adds a user, <c>PUT /sigfox/faults</c> makes it misbehave, <c>GET /sigfox/calls</c> tells what was called,
    /// <c>POST /sigfox/users/{name}/messages</c> lets devices send.
    /// </summary>
    public static void MapSigfoxCloud(this IEndpointRouteBuilder routes)
    {
        var cloud = routes.ServiceProvider.GetRequiredService<SigfoxCloud>();
        routes.MapPut("/sigfox/users/{name}", (string name, JsonObject body) =>
            cloud.AddUser(name, (string?)body["password"] ?? "", (int?)body["devices"] ?? 2).Group.ToJsonString());
        routes.MapPut("/sigfox/faults", (SigfoxFaults faults) =>
        {
            cloud.Faults = faults;
            return Results.NoContent();
        });
        routes.MapGet("/sigfox/calls", () => cloud.Calls);
        MapRadio(routes, cloud);

        var api = new Api(cloud);
        var v2 = routes.MapGroup(Path);
        v2.MapGet("groups", api.For((user, context) => Answer.Page(context, [user.Group])));
        v2.MapGet("contract-infos", api.For((user, context) => Answer.Page(context, user.Contracts.Values)));
        v2.MapGet("device-types", api.For((user, context) => Answer.Page(context, OfGroup(user, context, user.DeviceTypes.Values))));
        v2.MapGet("device-types/{id}", api.For((user, context) => Answer.Of(user.DeviceTypes.GetValueOrDefault(Id(context)))));
        v2.MapPost("device-types", api.ForBody((user, _, body) => WrongDeviceType(user, body, isNew: true)
            ?? Answer.Of(new JsonObject { ["id"] = SigfoxCloud.AddDeviceType(user, body) }, StatusCodes.Status201Created)));
        v2.MapPut("device-types/{id}", api.ForBody((user, context, body) => UpdateDeviceType(user, Id(context), body)));
        v2.MapGet("devices", api.For((user, context) => Answer.Page(context, OfGroup(user, context, user.Devices.Values))));
        v2.MapGet("devices/{id}", api.For((user, context) => Answer.Of(user.Devices.GetValueOrDefault(Id(context).ToUpperInvariant()))));
        v2.MapPost("devices", api.ForBody((user, _, body) => AddDevice(user, body)));
        v2.MapPut("devices/{id}", api.ForBody((user, context, body) => UpdateDevice(cloud, user, Id(context).ToUpperInvariant(), body)));
        v2.MapDelete("devices/{id}", api.For((user, context) =>
            user.Devices.Remove(Id(context).ToUpperInvariant()) ? new Answer(StatusCodes.Status204NoContent, null) : Answer.Of(null)));
        v2.MapPut("devices/{id}/unsubscribe", api.ForBody((user, context, body) => Unsubscribe(user, Id(context).ToUpperInvariant(), body)));
        SigfoxCallbackResources.Map(v2, api);
        SigfoxBulkResources.Map(v2, api, cloud);
    }

    private static void MapRadio(IEndpointRouteBuilder routes, SigfoxCloud cloud)
    {
        var radio = routes.ServiceProvider.GetRequiredService<SigfoxRadio>();
        routes.MapPost("/sigfox/users/{name}/messages", async (string name, SigfoxMessage[] messages, CancellationToken ct) =>
            cloud.Find(name) is { } user ? Results.Ok(await radio.SendAsync(user, messages, ct)) : Results.NotFound());
        routes.MapPost("/sigfox/users/{name}/status", async (string name, JsonObject body, CancellationToken ct) =>
        {
            await radio.SendStatusAsync(cloud.Find(name)!, (string)body["deviceId"]!, (double)body["battery"]!, (double)body["temperature"]!, ct);
            return Results.NoContent();
        });
    }

    internal static string Id(HttpContext context) => (string?)context.GetRouteValue("id") ?? "";

    private static IEnumerable<JsonObject> OfGroup(SigfoxUser user, HttpContext context, IEnumerable<JsonObject> things) =>
        context.Request.Query["groupIds"].ToString() is var id && (id.Length == 0 || id == (string?)user.Group["id"]) ? things : [];

    private static Answer? WrongDeviceType(SigfoxUser user, JsonObject body, bool isNew)
    {
        var errors = new JsonArray();
        if (Text(body, "name") is not { Length: > 0 and <= 100 })
        {
            errors.Add(Error("name", "The name must have 1 to 100 characters."));
        }

        if (Text(body, "contractId") is not { } contract || !user.Contracts.ContainsKey(contract))
        {
            errors.Add(Error("contractId", "There is no such contract."));
        }

        if (isNew && Text(body, "groupId") != (string?)user.Group["id"])
        {
            errors.Add(Error("groupId", "There is no such group."));
        }

        return errors.Count == 0 ? null : Answer.Wrong(errors);
    }

    private static Answer UpdateDeviceType(SigfoxUser user, string id, JsonObject body)
    {
        if (!user.DeviceTypes.ContainsKey(id))
        {
            return Answer.Of(null);
        }

        if (WrongDeviceType(user, body, isNew: false) is { } wrong)
        {
            return wrong;
        }

        user.DeviceTypes[id] = SigfoxCloud.DeviceTypeOf(user, id, body);
        return new Answer(StatusCodes.Status204NoContent, null);
    }

    private static Answer AddDevice(SigfoxUser user, JsonObject body)
    {
        var errors = new JsonArray();
        if (Text(body, "id") is not { Length: > 0 and <= 8 } id || !id.All(char.IsAsciiHexDigit))
        {
            errors.Add(Error("id", "The id must be up to 8 hexadecimal digits."));
        }
        else if (user.Devices.ContainsKey(id.ToUpperInvariant()))
        {
            errors.Add(Error("id", "The device exists already."));
        }

        if (Text(body, "deviceTypeId") is not { } type || !user.DeviceTypes.ContainsKey(type))
        {
            errors.Add(Error("deviceTypeId", "There is no such device type."));
        }

        if (Text(body, "pac") is not { Length: 16 })
        {
            errors.Add(Error("pac", "The pac must have 16 characters."));
        }

        if (errors.Count > 0)
        {
            return Answer.Wrong(errors);
        }

        SigfoxCloud.AddDevice(user, body);
        return Answer.Of(new JsonObject { ["id"] = Text(body, "id")!.ToUpperInvariant() }, StatusCodes.Status201Created);
    }

    private static Answer Unsubscribe(SigfoxUser user, string id, JsonObject body)
    {
        if (!user.Devices.TryGetValue(id, out var device))
        {
            return Answer.Of(null);
        }

        device["unsubscriptionTime"] = body["unsubscriptionTime"]?.DeepClone();
        return new Answer(StatusCodes.Status204NoContent, null);
    }

    private static Answer UpdateDevice(SigfoxCloud cloud, SigfoxUser user, string id, JsonObject body)
    {
        if (!user.Devices.TryGetValue(id, out var device))
        {
            return Answer.Of(null);
        }

        var now = TimeProvider.System.GetUtcNow();
        if (cloud.Faults.LimitsChanges && user.Changed.TryGetValue(id, out var changed) && now - changed < TimeSpan.FromHours(1))
        {
            return new Answer(StatusCodes.Status429TooManyRequests, """{"message":"Once an hour","errors":[]}""");
        }

        user.Changed[id] = now;

        device["name"] = Text(body, "name") ?? (string?)device["name"];
        if (body["lat"] is not null || body["lng"] is not null)
        {
            device["location"] = new JsonObject { ["lat"] = SigfoxCloud.Number(body["lat"]), ["lng"] = SigfoxCloud.Number(body["lng"]) };
        }

        return new Answer(StatusCodes.Status204NoContent, null);
    }

    internal static string? Text(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal static JsonObject Error(string field, string message) => new() { ["type"] = "ERROR", ["field"] = field, ["message"] = message };

    internal sealed record Answer(int Status, string? Body)
    {
        private static readonly string[] Kept = ["groupIds", "since", "before"];

        /// <summary>404 where there is nothing.</summary>
        public static Answer Of(JsonObject? thing, int status = StatusCodes.Status200OK) => thing is null
            ? new Answer(StatusCodes.Status404NotFound, """{"message":"Not found","errors":[]}""")
            : new Answer(status, thing.ToJsonString());

        public static Answer Wrong(JsonArray errors) =>
            new(StatusCodes.Status400BadRequest, new JsonObject { ["message"] = "Invalid request", ["errors"] = errors }.ToJsonString());

        public static Answer Page(HttpContext context, IEnumerable<JsonObject> things)
        {
            var offset = int.TryParse(context.Request.Query["offset"], CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : 0;
            var rest = things.Skip(offset).Take(MaxPage + 1).ToList();
            var page = new JsonObject
            {
                ["data"] = new JsonArray([.. rest.Take(MaxPage).Select(t => t.DeepClone())]),
                ["paging"] = rest.Count <= MaxPage ? [] : new JsonObject { ["next"] = Next(context.Request, offset + MaxPage) },
            };
            return new Answer(StatusCodes.Status200OK, page.ToJsonString());
        }

        private static string Next(HttpRequest request, int offset) =>
            $"{request.Scheme}://{request.Host}{request.Path}?{string.Concat(Kept.Select(k => $"{k}={request.Query[k]}&"))}offset={offset}";
    }

    /// <summary>What all resources have in common: the login, faults, one at a time.</summary>
    internal sealed class Api(SigfoxCloud cloud)
    {
        public SigfoxCloud Cloud => cloud;

        public RequestDelegate For(Func<SigfoxUser, HttpContext, Answer> resource) =>
            ForBody((user, context, _) => resource(user, context));

        public RequestDelegate ForBody(Func<SigfoxUser, HttpContext, JsonObject, Answer> resource) => async context =>
        {
            if (cloud.Count($"{context.Request.Method} {context.Request.Path}") is { } fault)
            {
                if (fault.DoesIt && FindUser(context.Request) is { } served)
                {
                    var asked = await ReadAsync(context.Request);
                    cloud.Use(() => resource(served, context, asked));
                }

                await Task.Delay(fault.DelayMs, context.RequestAborted);
                context.Response.Headers.RetryAfter = fault.RetryAfter?.ToString(CultureInfo.InvariantCulture);
                await WriteAsync(context, new Answer(fault.Status!.Value, """{"message":"Asked to fail","errors":[]}"""));
            }
            else if (FindUser(context.Request) is not { } user)
            {
                await WriteAsync(context, new Answer(StatusCodes.Status401Unauthorized, null));
            }
            else
            {
                var body = await ReadAsync(context.Request);
                await WriteAsync(context, cloud.Use(() => resource(user, context, body)));
            }
        };

        private SigfoxUser? FindUser(HttpRequest request)
        {
            try
            {
                var login = request.Headers.Authorization.ToString() is var header && header.StartsWith("Basic ", StringComparison.Ordinal)
                    ? Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2)
                    : [];
                return login.Length == 2 ? cloud.Find(login[0], login[1]) : null;
            }
            catch (FormatException)
            {
                return null;
            }
        }

        private static async Task<JsonObject> ReadAsync(HttpRequest request)
        {
            if (request.ContentLength is 0 or > MaxBody || !request.HasJsonContentType())
            {
                return [];
            }

            try
            {
                var ct = request.HttpContext.RequestAborted;
                return await JsonSerializer.DeserializeAsync<JsonObject>(request.Body, cancellationToken: ct) ?? [];
            }
            catch (JsonException)
            {
                return [];
            }
        }

        private static async Task WriteAsync(HttpContext context, Answer answer)
        {
            context.Response.StatusCode = answer.Status;
            if (answer.Body is not null)
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(answer.Body, context.RequestAborted);
            }
        }
    }
}
