using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OS2iot.Tests.Portal;

/// <summary>
/// Answers as the Api does, over real HTTP, for the pages of the portal: a small town with sensors. Names can be made hostile, and
/// any address can be made to fail.
/// </summary>
public sealed partial class FakeApi : IAsyncDisposable
{
    public const string Email = "anna@skovby.example";

    public const string Password = "correct horse battery";

    public const string Key = "5f0c8a52-6c1e-4a7e-9d7c-2b1f4c9d8e10";

    public const string DevicePassword = "kodeord-til-enheden";

    public const int MqttByPassword = 21;

    public const int MqttByCertificate = 22;

    public const int MqttSubscription = 23;

    public const int LoRaWan = 24;

    public const int SigfoxDevice = 25;

    public const string GatewayId = "00aa00bb00cc00dd";

    /// <summary>The script of each decoder.</summary>
    public const string Level = "function decode(payload, metadata) {\n  // Millimetre til meter\n  const level = payload.level_mm / 1000;\n  return {\n    waterLevel: level,\n    unit: 'm',\n    status: level > 2 ? 'high' : 'normal',\n    station: metadata.name\n  };\n}\n";

    private static readonly DateTimeOffset Created = new(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private readonly Func<string, string> _name;

    private readonly ConcurrentDictionary<Channel<string>, bool> _watchers = [];

    private FakeApi(WebApplication app, Func<string, string> name)
    {
        _app = app;
        _name = name;
    }

    public string Address => _app.Urls.First();

    /// <summary>Answers given instead of the usual, by method and path.</summary>
    public Dictionary<string, Func<IResult>> Instead { get; } = [];

    /// <summary>Method and path of each request, in order.</summary>
    public List<string> Requests { get; } = [];

    public List<(string Request, JsonNode? Body)> Bodies { get; } = [];

    public bool IsGlobalAdmin { get; set; } = true;

    public bool MayWrite { get; set; } = true;

    /// <summary>Of the subscription at somebody else's broker.</summary>
    public string ConnectionState { get; set; } = "CONNECTED";

    /// <summary>What the network told of the LoRaWAN device, newest first.</summary>
    public List<string> DeviceEvents { get; } = ["join", "txack", "ack"];

    /// <summary>Of what was sent to any device, newest first.</summary>
    public List<string> DownlinkStates { get; } = ["pending", "queued", "sent", "acknowledged", "failed", "flushed"];

    /// <summary>ChirpStack differs, is away and refused something.</summary>
    public bool HasDrift { get; set; } = true;

    /// <summary>Every list is empty.</summary>
    public bool IsEmpty { get; set; }

    public static async Task<FakeApi> StartAsync(Func<string, string>? name = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var api = new FakeApi(app, name ?? (text => text));
        app.Use(api.RecordAsync);
        app.MapGet("/health/live", () => Results.Ok());
        api.MapRoutes();
        await app.StartAsync();
        return api;
    }

    /// <summary>Sends a message to all that watch.</summary>
    public void Push(JsonObject message)
    {
        var json = message.ToJsonString();
        foreach (var watcher in _watchers.Keys)
        {
            watcher.Writer.TryWrite(json);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var watcher in _watchers.Keys)
        {
            watcher.Writer.TryComplete();
        }

        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    /// <summary>A token as the Api signs it, without the signature: the portal does not check it.</summary>
    public static string Token(DateTimeOffset expires)
    {
        var payload = $$"""{"username":"{{Email}}","sub":1,"exp":{{expires.ToUnixTimeSeconds()}}}""";
        return $"e30.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.c2ln";
    }

    public JsonObject Message(Guid id, DateTimeOffset receivedAt, string kind = "delivered", double level = 1.84)
    {
        var raw = new JsonObject { ["battery"] = 3.61, ["bytes"] = "01670110", ["seq"] = (int)(receivedAt.ToUnixTimeSeconds() % 1000), ["level_mm"] = (int)(level * 1000) };
        var message = new JsonObject
        {
            ["id"] = id,
            ["receivedAt"] = receivedAt,
            ["sentAt"] = null,
            ["network"] = "GENERIC_HTTP",
            ["raw"] = raw,
            ["rssi"] = null,
            ["snr"] = null,
            ["isRecovered"] = kind == "recovered",
        };
        var failed = kind == "error";
        message["decoded"] = new JsonArray(new JsonObject
        {
            ["payloadDecoderId"] = 1,
            ["payloadDecoderName"] = _name("Vandstand"),
            ["version"] = 3,
            ["payload"] = failed ? null : new JsonObject { ["waterLevel"] = level, ["unit"] = "m", ["status"] = level > 2 ? "high" : "normal", ["station"] = _name("Åhavnen nord") },
            ["error"] = failed ? _name("TypeError: Cannot read property 'level_mm' of undefined\n    at decode (decoder:4:22)") : null,
            ["decodedAt"] = receivedAt.AddMilliseconds(12),
        });
        message["deliveries"] = failed ? [] : Deliveries(receivedAt, kind);
        return message;
    }

    private JsonArray Deliveries(DateTimeOffset at, string kind)
    {
        JsonObject Attempt(int number, TimeSpan after, int ms, int? status, string? error) => new()
        {
            ["attempt"] = number,
            ["attemptedAt"] = at + after,
            ["durationMs"] = ms,
            ["outcome"] = error is null ? "delivered" : "retryLater",
            ["statusCode"] = status,
            ["error"] = error is null ? null : _name(error),
        };
        JsonObject Delivery(int id, string name, string state, params JsonNode[] attempts) => new()
        {
            ["dataTargetId"] = id,
            ["dataTargetName"] = _name(name),
            ["connectionId"] = 1,
            ["attempts"] = new JsonArray(attempts),
            ["state"] = state,
            ["nextAttemptAt"] = state == "pending" ? at.AddMinutes(5) : null,
        };
        var good = Delivery(1, "Beredskabets vandstandsvagt", "delivered", Attempt(1, TimeSpan.FromMilliseconds(40), 38, 204, null));
        return kind switch
        {
            "pending" => [good, Delivery(2, "Driftsportalen", "pending", Attempt(1, TimeSpan.FromMilliseconds(41), 10_000, null, "No answer within 10 s"), Attempt(2, TimeSpan.FromSeconds(5), 211, 503, "Service Unavailable"))],
            "dead" => [good, Delivery(2, "Driftsportalen", "dead", Attempt(1, TimeSpan.FromMilliseconds(41), 87, 410, "Gone"))],
            _ => [good],
        };
    }

    private async Task RecordAsync(HttpContext context, Func<Task> next)
    {
        var request = $"{context.Request.Method} {context.Request.Path}";
        lock (Requests)
        {
            Requests.Add(request + context.Request.QueryString);
        }

        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            context.Request.EnableBuffering();
            var body = await JsonNode.ParseAsync(context.Request.Body);
            context.Request.Body.Position = 0;
            lock (Bodies)
            {
                Bodies.Add((request, body));
            }
        }

        if (Instead.TryGetValue(request, out var answer))
        {
            await answer().ExecuteAsync(context);
        }
        else if (!request.EndsWith("/auth/login", StringComparison.Ordinal) && !request.Contains("/health/", StringComparison.Ordinal)
            && !context.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.Ordinal))
        {
            await Results.Json(new { statusCode = 401, message = "Unauthorized" }, statusCode: 401).ExecuteAsync(context);
        }
        else
        {
            await next();
        }
    }

    private void MapRoutes()
    {
        var api = _app.MapGroup("/api/v1");
        api.MapPost("/auth/login", async (HttpContext http) =>
        {
            var body = await JsonNode.ParseAsync(http.Request.Body);
            return body?["username"]?.ToString() == Email && body["password"]?.ToString() == Password
                ? Results.Json(new { accessToken = Token(DateTimeOffset.UtcNow.AddHours(9)) }, statusCode: 201)
                : Results.Json(new { statusCode = 401, path = "/api/v1/auth/login" }, statusCode: 401);
        });
        api.MapGet("/auth/me", () => Json(Me()));
        api.MapGet("/account/sessions", () => List([Session(isCurrent: true), Session(isCurrent: false)]));
        api.MapGet("/account/sign-in", () => Json(new JsonObject { ["hasPassword"] = true, ["hasOneTimeCodes"] = true, ["recoveryCodesLeft"] = 9 }));
        api.MapGet("/kombitCreation/minimal", () => List([Organization(1), Organization(2), Organization(3)]));

        api.MapGet("/application", () => List(IsEmpty ? [] : [.. Enumerable.Range(1, 6).Select(i => Application(i))], IsEmpty ? 0 : 31));
        api.MapGet("/application/{id:int}", (int id) => id == 404 ? Missing() : Json(Application(id)));
        api.MapPost("/application", () => Json(Application(1), 201));
        api.MapPut("/application/{id:int}", (int id) => Json(Application(id)));
        api.MapDelete("/application/{id:int}", () => Json(new JsonObject { ["affected"] = 1 }));
        api.MapGet("/application/{id:int}/iot-devices", () => List(IsEmpty ? [] : [.. Enumerable.Range(1, 7).Select(i => Device(i))]));

        api.MapGet("/iot-device/{id:int}", (int id) => id == 404 ? Missing() : Json(Device(id)));
        api.MapPost("/iot-device", () => Json(Device(1), 201));
        api.MapPut("/iot-device/{id:int}", (int id) => Json(Device(id)));
        api.MapDelete("/iot-device/{id:int}", () => Json(new JsonObject { ["affected"] = 1 }));
        api.MapPost("/iot-device/createMany", (Delegate)CreateManyAsync);
        api.MapPost("/iot-device/updateMany", (Delegate)CreateManyAsync);
        api.MapPost("/iot-device/{id:int}/certificate/download", () => Results.Bytes("a certificate"u8.ToArray(), "application/x-pem-file"));
        api.MapPost("/iot-device/{id:int}/certificate/renew", (int id) => Json(Device(id)));
        api.MapGet("/iot-device/{id:int}/messages", (HttpContext http) => Json(Messages(http.Request.Query["before"])));
        api.MapGet("/iot-device/{id:int}/messages/stream", StreamAsync);

        api.MapGet("/data-target", () => List(IsEmpty ? [] : [Target(1), Target(2)]));
        api.MapGet("/data-target/{id:int}", (int id) => Json(Target(id)));
        api.MapPost("/data-target", () => Json(Target(1), 201));
        api.MapPut("/data-target/{id:int}", (int id) => Json(Target(id)));
        api.MapDelete("/data-target/{id:int}", () => Json(new JsonObject { ["affected"] = 1 }));

        const string connection = "/iot-device-payload-decoder-data-target-connection";
        api.MapGet(connection + "/{by}/{id:int}", () => List(IsEmpty ? [] : [Connection(1), Connection(2)]));
        api.MapGet(connection + "/{id:int}", (int id) => Json(Connection(id)));
        api.MapPost(connection, () => Json(Connection(1), 201));
        api.MapPut(connection + "/{id:int}", (int id) => Json(Connection(id)));
        api.MapDelete(connection + "/{id:int}", () => Json(new JsonObject { ["affected"] = 1 }));

        api.MapGet("/payload-decoder", () => List(IsEmpty ? [] : [Decoder(1), Decoder(2), Decoder(3)]));
        api.MapGet("/payload-decoder/{id:int}", (int id) => Json(Decoder(id)));
        api.MapGet("/payload-decoder/{id:int}/versions", (int id) => List(IsEmpty ? [] : [DecoderVersion(id, 3, Level), DecoderVersion(id, 2, "return 1;")]));
        api.MapGet("/payload-decoder/{id:int}/versions/{version:int}", (int id, int version) => Json(DecoderVersion(id, version, version == 3 ? Level : Level.Replace("1000", "100", StringComparison.Ordinal))));
        api.MapPost("/payload-decoder/{id:int}/versions/{version:int}/restore", (int id) => Json(Decoder(id), 201));
        api.MapPost("/test-payload-decoder", async (HttpContext http) =>
            (await JsonNode.ParseAsync(http.Request.Body))!["code"]!.ToString().Contains("oops", StringComparison.Ordinal)
                ? Json(new JsonObject { ["statusCode"] = 400, ["message"] = "Got error: ReferenceError: oops is not defined" }, 400)
                : Json(new JsonObject { ["waterLevel"] = 1.84 }, 201));
        api.MapPost("/payload-decoder", () => Json(Decoder(1), 201));
        api.MapPut("/payload-decoder/{id:int}", (int id) => Json(Decoder(id)));
        api.MapDelete("/payload-decoder/{id:int}", () => Json(new JsonObject { ["affected"] = 1 }));

        api.MapGet("/chirpstack/gateway", () => Json(new JsonObject
        {
            ["resultList"] = IsEmpty ? [] : new JsonArray(Gateway(0), Gateway(1), Gateway(2)),
            ["totalCount"] = IsEmpty ? 0 : 3,
        }));
        api.MapGet("/chirpstack/gateway/{id}", () => Json(new JsonObject
        {
            ["gateway"] = Gateway(0),
            ["stats"] = new JsonArray([.. Enumerable.Range(1, 5).Select(i => new JsonObject
            {
                ["timestamp"] = Created.AddDays(i), ["rxPacketsReceived"] = 100 * i, ["txPacketsEmitted"] = i,
            })]),
        }));
        api.MapGet("/chirpstack/gateway/{id}/events", () => List([NetworkEvent("stats", 2), NetworkEvent("conn", 1)]));
        api.MapGet("/chirpstack/gateway/{id}/frames", () => Json(new JsonObject
        {
            ["data"] = new JsonArray(Frame(LoRaWan, "Parkering, Torvet 4"), Frame(null, null)), ["hasMore"] = false,
        }));
        api.MapGet("/lorawan/gateway/status", () => List([GatewayHistory(0, true), GatewayHistory(1, false)]));
        api.MapGet("/lorawan/gateway/status/{id}", () => Json(GatewayHistory(0, true)));
        api.MapGet("/iot-device/stats/{id:int}", () => Json(new JsonArray([.. Enumerable.Range(1, 6).Select(i => new JsonObject
        {
            ["timestamp"] = Created.AddDays(i), ["rssi"] = -90.5 - i, ["snr"] = 7 - i, ["lostFrames"] = i, ["frameLossRate"] = 0.01 * i,
        })])));
        api.MapGet("/iot-device/{id:int}/network-events", () => List([.. DeviceEvents.Select((kind, i) => NetworkEvent(kind, DeviceEvents.Count - i))]));

        MapSigfox(api);
        api.MapGet("/iot-device/{id:int}/downlinks", () => List(IsEmpty ? [] : [.. DownlinkStates.Select((state, i) => Downlink(DownlinkStates.Count - i, state))]));
        api.MapPost("/iot-device/{id:int}/downlink", (int id) => id == SigfoxDevice ? Results.StatusCode(201) : Json(new JsonObject { ["id"] = 1 }));
        api.MapDelete("/iot-device/{id:int}/downlink", () => Json(new JsonObject { ["affected"] = 2 }));

        api.MapGet("/sync", () => Json(new JsonObject { ["systems"] = IsEmpty ? [] : new JsonArray(Synced("chirpstack", HasDrift), Synced("mosquitto", false)) }));
        api.MapGet("/sync/{system}/changes", () => List(HasDrift ? [SyncChange(1, "refused"), SyncChange(2, "pending")] : [], HasDrift ? 31 : 0));
        api.MapPost("/sync/{system}/reconcile", (string system) => system == "nothing" ? Missing() : Results.NoContent());

        api.MapGet("/user", () => List(IsEmpty ? [] : [User(1), User(2), User(3)]));
        api.MapGet("/user/{id:int}", (int id) => Json(User(id)));
        api.MapPost("/user", () => Json(User(2), 201));
        api.MapPut("/user/{id:int}", (int id) => Json(User(id)));
        api.MapGet("/user/awaitingUsers/{id:int}", () => List(IsEmpty ? [] : [User(4)]));
        api.MapPut("/user/rejectUser", () => Json(new JsonObject()));
        api.MapGet("/permission", () => List(IsEmpty ? [] : [Group(7), Group(8)]));
        api.MapGet("/permission/{id:int}", (int id) => Json(Group(id)));
        api.MapPost("/permission", () => Json(Group(7), 201));
        api.MapPut("/permission/acceptUser", () => Json(User(4)));
        api.MapPut("/permission/{id:int}", (int id) => Json(Group(id)));
        api.MapDelete("/permission/{id:int}", () => Json(new JsonObject { ["affected"] = 1 }));
        api.MapGet("/api-key", () => List(IsEmpty ? [] : [ApiKey(1, whole: false), ApiKey(2, whole: false)]));
        api.MapGet("/api-key/{id:int}", (int id) => Json(ApiKey(id, whole: false)));
        api.MapPost("/api-key", () => Json(ApiKey(1, whole: true), 201));
        api.MapPut("/api-key/{id:int}", (int id) => Json(ApiKey(id, whole: false)));
        api.MapDelete("/api-key/{id:int}", () => Json(new JsonObject { ["affected"] = 1 }));
        api.MapGet("/audit-log", () => List(IsEmpty ? [] : [AuditEntry("UPDATE", true), AuditEntry("DELETE", false)]));
        api.MapGet("/search", () => List(IsEmpty ? [] : [Hit("IoTDevice", JsonValue.Create(1)), Hit("Application", JsonValue.Create(2)), Hit("Gateway", JsonValue.Create(GatewayId))]));

        api.MapGet("/organization", () => List(IsEmpty ? [] : [Organization(1), Organization(2), Organization(3)]));
        api.MapGet("/organization/{id:int}", (int id) => Json(Organization(id)));
        api.MapPost("/organization", () => Json(Organization(1), 201));
        api.MapPut("/organization/{id:int}", (int id) => Json(Organization(id)));
    }

    // As the Api: one row that is not well formed refuses all; a name with "refused" is refused by itself.
    private static async Task<IResult> CreateManyAsync(HttpContext http)
    {
        var rows = (await JsonNode.ParseAsync(http.Request.Body))!["data"]!.AsArray();
        return rows.Any(r => r!["name"]!.ToString().Length == 0)
            ? Json(JsonNode.Parse("""{"statusCode":400,"message":[{"property":"name","constraints":{"minLength":"name must be longer than or equal to 1 characters"}}]}""")!, 400)
            : Json(
                new JsonArray([.. rows.Select((row, i) => Answer(row!.AsObject(), i))]), 201);

        static JsonObject Answer(JsonObject row, int i)
        {
            var name = row["name"]!.ToString();
            var answer = new JsonObject { ["idMetadata"] = new JsonObject { ["name"] = name, ["applicationId"] = 1 } };
            if (name.Contains("refused", StringComparison.Ordinal))
            {
                answer["error"] = new JsonObject { ["message"] = "MESSAGE.ID-INVALID-OR-ALREADY-IN-USE" };
            }
            else
            {
                answer["data"] = new JsonObject { ["id"] = row["id"]?.GetValue<int>() ?? 1000 + i };
            }

            return answer;
        }
    }

    private async Task StreamAsync(HttpContext http)
    {
        var stream = Channel.CreateUnbounded<string>();
        _watchers[stream] = true;
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(": open\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        try
        {
            await foreach (var message in stream.Reader.ReadAllAsync(http.RequestAborted))
            {
                await http.Response.WriteAsync($"event: message\nid: 1\ndata: {message}\n\n", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The watcher left.
        }
        finally
        {
            _watchers.TryRemove(stream, out _);
        }
    }

    private static IResult Json(JsonNode body, int status = 200) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static IResult Missing() =>
        Json(new JsonObject { ["statusCode"] = 404, ["message"] = "MESSAGE.ID-DOES-NOT-EXIST", ["error"] = "Not Found" }, 404);

    private static IResult List(JsonNode[] data, int? count = null) => Json(new JsonObject { ["data"] = new JsonArray(data), ["count"] = count ?? data.Length });

    private JsonObject Session(bool isCurrent) => new()
    {
        ["id"] = Guid.NewGuid(),
        ["startedAt"] = Created,
        ["lastUsedAt"] = DateTimeOffset.UtcNow,
        ["expiresAt"] = DateTimeOffset.UtcNow.AddHours(8),
        ["address"] = "192.0.2.17",
        ["client"] = _name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ["isExternal"] = false,
        ["isCurrent"] = isCurrent,
    };

    private JsonObject Me()
    {
        JsonArray types = IsGlobalAdmin ? [new JsonObject { ["type"] = "GlobalAdmin" }]
            : MayWrite ? [new JsonObject { ["type"] = "OrganizationApplicationAdmin" }, new JsonObject { ["type"] = "Read" }]
            : [new JsonObject { ["type"] = "Read" }];
        var permission = new JsonObject
        {
            ["id"] = 7,
            ["name"] = _name("Forsyning og miljø"),
            ["type"] = types,
            ["organization"] = IsGlobalAdmin ? null : new JsonObject { ["id"] = 1, ["name"] = _name("Skovby Kommune") },
            ["applicationIds"] = new JsonArray(1, 2, 3, 4, 5, 6),
        };
        return new JsonObject
        {
            ["user"] = new JsonObject { ["id"] = 1, ["name"] = _name("Anna Lindhardt"), ["email"] = Email, ["permissions"] = new JsonArray(permission) },
            ["organizations"] = IsGlobalAdmin ? new JsonArray(Organization(1), Organization(2), Organization(3)) : new JsonArray(Organization(1)),
        };
    }

    private JsonObject Entity(int id, string name) => new()
    {
        ["id"] = id,
        ["name"] = _name(name),
        ["createdAt"] = Created,
        ["updatedAt"] = DateTimeOffset.UtcNow.AddHours(-5 * id),
    };

    private JsonObject Organization(int id)
    {
        var organization = Entity(id, id switch { 1 => "Skovby Kommune", 2 => "Havnestad Kommune", _ => "Fjordlands Forsyning" });
        organization["openDataDkRegistered"] = false;
        organization["applications"] = new JsonArray([.. Enumerable.Range(1, 9 / id).Select(i => Entity(i, "App"))]);
        if (IsGlobalAdmin)
        {
            organization["permissions"] = new JsonArray(Entity(7, "Forsyning og miljø"), Entity(8, "Vej og park"), Entity(9, "Gæster"));
        }

        return organization;
    }

    private JsonObject User(int id)
    {
        string[] names = ["Anna Lindhardt", "Bo Kær", "Cecilie Toft", "Dorte Vang"];
        var user = Entity(id, names[(id - 1) % 4]);
        user["email"] = _name($"bruger{id}@skovby.example");
        user["active"] = id != 3;
        user["lastLogin"] = id == 3 ? null : Created;
        user["nameId"] = id == 2 ? "kombit-2" : null;
        user["expiresOn"] = null;
        user["permissions"] = new JsonArray(new JsonObject
        {
            ["id"] = 7, ["name"] = _name("Forsyning og miljø"), ["type"] = new JsonArray(new JsonObject { ["type"] = "OrganizationApplicationAdmin" }),
        });
        return user;
    }

    private JsonObject Group(int id)
    {
        var group = Entity(id, id == 7 ? "Forsyning og miljø" : "Vej og park");
        group["type"] = new JsonArray(new JsonObject { ["type"] = "OrganizationApplicationAdmin" }, new JsonObject { ["type"] = "Read" });
        group["organization"] = new JsonObject { ["id"] = 1, ["name"] = _name("Skovby Kommune") };
        group["users"] = new JsonArray(Entity(1, "Anna Lindhardt"), Entity(2, "Bo Kær"));
        group["applications"] = new JsonArray(Entity(1, "Vandstand i åen"));
        group["applicationIds"] = new JsonArray(1);
        group["automaticallyAddNewApplications"] = true;
        return group;
    }

    private JsonObject ApiKey(int id, bool whole)
    {
        var key = Entity(id, id == 1 ? "Dashboard på rådhuset" : "Udtræk til forskning");
        key["key"] = whole ? Key : Key[..8];
        key["expiresOn"] = id == 2 ? Created : null;
        key["lastUsedAt"] = id == 1 ? Created : null;
        key["permissions"] = new JsonArray(Entity(7, "Forsyning og miljø"));
        return key;
    }

    private JsonObject AuditEntry(string action, bool succeeded) => new()
    {
        ["id"] = 1,
        ["timestamp"] = Created,
        ["userId"] = 1,
        ["userName"] = _name("Anna Lindhardt"),
        ["address"] = "192.0.2.17",
        ["action"] = action,
        ["type"] = "Application",
        ["entityId"] = "1",
        ["name"] = _name("Vandstand i åen"),
        ["before"] = new JsonObject { ["name"] = _name("Vandstand") },
        ["after"] = succeeded ? new JsonObject { ["name"] = _name("Vandstand i åen") } : null,
        ["succeeded"] = succeeded,
        ["reason"] = succeeded ? null : _name("MESSAGE.IS-USED"),
    };

    private JsonObject Hit(string type, JsonNode id) => new()
    {
        ["id"] = id, ["name"] = _name("Åhavnen nord"), ["type"] = type, ["updatedAt"] = Created,
    };

    private JsonObject Application(int id)
    {
        string[] names = ["Vandstand i åen", "Indeklima på skolerne", "Parkering i midtbyen", "Skraldespande", "Vejrstationer", "Grundvand"];
        string?[] statuses = ["IN-OPERATION", "IN-OPERATION", "PROJECT", "PROTOTYPE", "NONE", null];
        string?[] owners = ["Beredskabet", "Skoleforvaltningen", "Vej og park", "Vej og park", null, "Fjordlands Forsyning"];
        var i = (id - 1) % 6;
        var application = Entity(id, names[i]);
        application["description"] = _name("Måler vandstanden i åen og varsler beredskabet, før kældrene får vand.");
        application["status"] = statuses[i];
        application["owner"] = owners[i] is { } owner ? _name(owner) : null;
        application["contactPerson"] = _name("Mikkel Sand");
        application["contactEmail"] = "mikkel@skovby.example";
        application["contactPhone"] = "70101010";
        application["personalData"] = false;
        application["permissionIds"] = new JsonArray(7, 99);
        application["iotDevices"] = IsEmpty ? [] : new JsonArray([.. Enumerable.Range(1, 7 - i).Select(n => Entity(n, "Device"))]);
        application["dataTargets"] = IsEmpty ? [] : new JsonArray(Entity(1, "A"), Entity(2, "B"));
        application["belongsTo"] = new JsonObject { ["id"] = 1, ["name"] = _name("Skovby Kommune") };
        return application;
    }

    private JsonObject Device(int id)
    {
        string[] names = ["Åhavnen nord", "Åhavnen syd", "Broen ved Møllevej", "Slusen", "Engsøen", "Kælder, Torvet 4", "Stemmeværket"];
        var i = (id - 1) % 7;
        var device = Entity(id, names[i]);
        device["type"] = "GENERIC_HTTP";
        device["location"] = new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(10.203921, 56.162939) };
        device["commentOnLocation"] = _name("På nordsiden af broen, 2 m over vandet");
        device["comment"] = _name("Ultralydsmåler, skiftet batteri i marts");
        device["metadata"] = new JsonObject { ["serial"] = _name("WL-2041"), ["ejer"] = _name("Beredskabet") }.ToJsonString();
        device["apiKey"] = IsGlobalAdmin || MayWrite ? Key : null;
        device["latestReceivedMessage"] = IsEmpty || i == 5 ? null : new JsonObject { ["id"] = 1, ["createdAt"] = DateTimeOffset.UtcNow.AddMinutes(-i * i * i * 7).AddSeconds(-42) };
        device["connections"] = new JsonArray([.. Enumerable.Range(1, 2 - (i % 3)).Select(n => new JsonObject { ["id"] = n })]);
        device["application"] = Entity(1, "Vandstand i åen");
        if (id is MqttByPassword or MqttByCertificate)
        {
            device["type"] = "MQTT_INTERNAL_BROKER";
            device["apiKey"] = null;
            device["mqttInternalBrokerSettings"] = InternalSettings(id == MqttByCertificate, id);
        }
        else if (id == SigfoxDevice)
        {
            device["type"] = "SIGFOX";
            device["apiKey"] = null;
            device["sigfoxSettings"] = SigfoxSettings();
        }
        else if (id == LoRaWan)
        {
            device["type"] = "LORAWAN";
            device["apiKey"] = null;
        }
        else if (id == MqttSubscription)
        {
            device["type"] = "MQTT_EXTERNAL_BROKER";
            device["apiKey"] = null;
            device["mqttExternalBrokerSettings"] = ExternalSettings();
        }

        return device;
    }

    private JsonObject Downlink(int id, string state)
    {
        var downlink = Entity(id, "");
        downlink["data"] = "0102030405060708";
        downlink["port"] = id % 2 == 0 ? 2 : null;
        downlink["confirmed"] = false;
        downlink["state"] = state;
        downlink["sentAt"] = state is "sent" or "acknowledged" or "failed" ? Created : null;
        downlink["acknowledgedAt"] = state == "acknowledged" ? Created.AddMinutes(1) : null;
        downlink["error"] = state == "failed" ? _name("Not acked") : null;
        return downlink;
    }

    private JsonObject Gateway(int i)
    {
        var gateway = Entity(i + 1, i switch { 0 => "Vandtårnet", 1 => "Rådhuset", _ => "Uden sted" });
        gateway["gatewayId"] = $"00aa00bb00cc00d{"def"[i]}";
        gateway["description"] = _name("På taget, østsiden");
        gateway["location"] = i == 2 ? null : new JsonObject { ["latitude"] = 56.16 + (0.01 * i), ["longitude"] = 10.2 + (0.02 * i), ["altitude"] = "12" };
        gateway["lastSeenAt"] = i == 2 ? null : DateTimeOffset.UtcNow.AddMinutes(-i * 60);
        gateway["rxPacketsReceived"] = 1200;
        gateway["txPacketsEmitted"] = 14;
        gateway["modelName"] = _name("Kerlink");
        gateway["organizationId"] = 1;
        gateway["organizationName"] = _name("Skovby Kommune");
        return gateway;
    }

    private JsonObject GatewayHistory(int i, bool isOnline) => new()
    {
        ["id"] = $"00aa00bb00cc00d{"def"[i]}",
        ["name"] = _name("Vandtårnet"),
        ["statusTimestamps"] = new JsonArray(
            new JsonObject { ["timestamp"] = Created.AddHours(1), ["wasOnline"] = !isOnline },
            new JsonObject { ["timestamp"] = Created.AddHours(3), ["wasOnline"] = isOnline }),
    };

    private JsonObject NetworkEvent(string kind, int number) => new()
    {
        ["id"] = new Guid(number, 0, 0, new byte[8]),
        ["kind"] = kind,
        ["receivedAt"] = DateTimeOffset.UtcNow.AddMinutes(-3),
        ["sentAt"] = null,
        ["payload"] = kind == "stats"
            ? new JsonObject
            {
                ["dutyCycleStats"] = new JsonObject
                {
                    ["bands"] = new JsonArray(new JsonObject
                    {
                        ["name"] = _name("M"), ["frequencyMin"] = 868000000, ["frequencyMax"] = 868600000, ["loadMax"] = "36s", ["loadTracked"] = "0.900s",
                    }),
                },
            }
            : new JsonObject { ["queueItemId"] = "8e3c", ["deviceName"] = _name("Parkering") },
    };

    private JsonObject Synced(string system, bool isAway) => new()
    {
        ["system"] = system,
        ["isReached"] = !isAway,
        ["pending"] = isAway ? 30 : 0,
        ["oldestPending"] = isAway ? Created : null,
        ["refused"] = isAway ? 1 : 0,
        ["failingSince"] = isAway ? Created : null,
        ["nextAttemptAt"] = null,
        ["lastError"] = isAway ? _name("ChirpStack can't be reached. Try again later.") : null,
        ["lastAppliedAt"] = Created,
        ["reconciledAt"] = Created,
        ["reconcileError"] = isAway ? _name("ChirpStack did not answer in time.") : null,
        ["drift"] = new JsonObject
        {
            ["missing"] = isAway ? 2 : 0,
            ["extra"] = isAway ? 1 : 0,
            ["different"] = 0,
            ["examples"] = isAway ? new JsonArray(Drift("device", "a84041000181c001", "missing"), Drift("gateway", GatewayId, "extra")) : [],
        },
    };

    private static JsonObject Drift(string kind, string key, string difference) => new() { ["kind"] = kind, ["key"] = key, ["difference"] = difference };

    private JsonObject SyncChange(int id, string state) => new()
    {
        ["id"] = id,
        ["kind"] = "device",
        ["key"] = "a84041000181c00" + id,
        ["isRemoval"] = id == 2,
        ["state"] = state,
        ["attempts"] = id,
        ["nextAttemptAt"] = null,
        ["error"] = state == "refused" ? _name("ChirpStack refused it: Invalid DevEUI") : null,
        ["createdAt"] = Created,
    };

    private JsonObject Frame(int? device, string? name) => new()
    {
        ["receivedAt"] = DateTimeOffset.UtcNow.AddMinutes(-2),
        ["messageId"] = Guid.NewGuid(),
        ["deviceId"] = device,
        ["deviceName"] = name is null ? null : _name(name),
        ["rssi"] = -97,
        ["snr"] = 7.5,
        ["dataRate"] = 5,
        ["spreadingFactor"] = 7,
        ["frequency"] = 868100000,
        ["frameCounter"] = 42,
    };

    private JsonObject InternalSettings(bool isByCertificate, int id) => new()
    {
        ["authenticationType"] = isByCertificate ? "CERTIFICATE" : "PASSWORD",
        ["mqttURL"] = "mqtts://mqtt.skovby.example",
        ["mqttPort"] = isByCertificate ? 8884 : 8885,
        ["mqtttopicname"] = $"device/1/1/{id}",
        ["downlinkTopic"] = $"device/1/1/{id}/downlink",
        ["mqttusername"] = isByCertificate ? $"{id}" : _name("o'Måler"),
        ["mqttpassword"] = isByCertificate || !MayWrite ? null : _name(DevicePassword),
        ["caCertificate"] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        ["deviceCertificate"] = isByCertificate ? "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----" : null,
        ["deviceCertificateKey"] = isByCertificate && MayWrite ? "-----BEGIN PRIVATE KEY-----\nCCCC\n-----END PRIVATE KEY-----" : null,
    };

    private JsonObject ExternalSettings() => new()
    {
        ["authenticationType"] = "PASSWORD",
        ["mqttURL"] = _name("mqtts://broker.skovby.example"),
        ["mqttPort"] = 8883,
        ["mqtttopicname"] = _name("aalbaek/vejr/+"),
        ["mqttQos"] = 2,
        ["mqttusername"] = _name("skovby"),
        ["mqttpassword"] = MayWrite ? _name(DevicePassword) : null,
        ["invalidMqttConfig"] = ConnectionState == "FAILED",
        ["connectionState"] = ConnectionState,
        ["connectionSince"] = Created,
        ["connectionError"] = ConnectionState == "FAILED" ? _name("The broker refused the user name or the password.") : null,
    };

    private JsonObject Target(int id)
    {
        var target = Entity(id, id == 1 ? "Beredskabets vandstandsvagt" : "Driftsportalen");
        target["type"] = "HTTP_PUSH";
        target["url"] = _name("https://vandstand.skovby.example/api/maalinger");
        target["timeout"] = 10000;
        target["authorizationHeader"] = null;
        target["authorizationHeaderSet"] = id == 1;
        target["application"] = Entity(1, "Vandstand i åen");
        return target;
    }

    private JsonObject Decoder(int id)
    {
        var decoder = Entity(id, id switch { 1 => "Vandstand", 2 => "CO₂ og temperatur", _ => "Parkeringsplads" });
        decoder["decodingFunction"] = _name(Level);
        decoder["organization"] = new JsonObject { ["id"] = 1, ["name"] = _name("Skovby Kommune") };
        return decoder;
    }

    private JsonObject DecoderVersion(int id, int version, string script) => new()
    {
        ["payloadDecoderId"] = id, ["version"] = version, ["name"] = _name("Vandstand"), ["createdAt"] = Created, ["createdBy"] = 1, ["decodingFunction"] = _name(script),
    };

    private JsonObject Connection(int id) => new()
    {
        ["id"] = id,
        ["iotDevices"] = new JsonArray(Device(1), Device(2), Device(3)),
        ["payloadDecoder"] = id == 1 ? Decoder(1) : null,
        ["dataTarget"] = Target(id),
    };

    private JsonObject Messages(string? before)
    {
        var now = DateTimeOffset.UtcNow.AddSeconds(-42);
        string[] kinds = ["delivered", "pending", "error", "dead", "recovered"];
        var data = IsEmpty ? [] : kinds.Select((kind, i) => Message(
            Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"0199a000-0000-7000-8000-00000000000{i}")), now.AddMinutes(-10 * i), kind, Math.Round(1.84 + (i * 0.11), 2))).ToArray();
        return new JsonObject { ["data"] = new JsonArray(data), ["next"] = IsEmpty || before is not null ? null : "cursor+1/=" };
    }
}
