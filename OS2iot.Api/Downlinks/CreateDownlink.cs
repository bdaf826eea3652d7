using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Downlinks;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Downlinks;

internal sealed partial class CreateDownlinkRequest : IBodyRequest
{
    private const int MaxPort = 255;

    /// <summary>What the longest frame of LoRaWAN holds.</summary>
    private const int MaxBytes = 242;

    public static Shape Shape { get; } = new()
    {
        ["data"] = Is.Text().AtMost(2 * MaxBytes).Rule("matches", IsHexadecimal, _ => "Must be hexadecimal").When(HasNoOtherForm),
        ["dataBase64"] = Is.Text().Rule("isBase64", IsBase64, p => $"{p} must be base64 encoded").Optional(),
        ["payload"] = Is.Anything().Optional(),
        ["payloadDecoderId"] = Is.Id().Optional(),
        ["port"] = Is.Integer().AtLeast(0).NotAbove(MaxPort).Optional(),
        ["confirmed"] = Is.Boolean().Optional(),
    };

    /// <summary>Hex digits, two for each byte. The bytes come in one of three forms: this, dataBase64 or payload.</summary>
    public string? Data { get; init; }

    /// <summary>The bytes in base64.</summary>
    public string? DataBase64 { get; init; }

    /// <summary>What a decoder's encodeDownlink turns into bytes.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Whose encodeDownlink. Need not be said where the device's messages go through one decoder only.</summary>
    public int? PayloadDecoderId { get; init; }

    /// <summary>LoRaWAN, from 1. An encodeDownlink may name it.</summary>
    public int? Port { get; init; }

    /// <summary>LoRaWAN: the device is asked to acknowledge.</summary>
    public bool? Confirmed { get; init; }

    private static bool HasNoOtherForm(JsonElement body) =>
        Shape.Member(body, "dataBase64") is not { ValueKind: not JsonValueKind.Null } && Shape.Member(body, "payload") is not { ValueKind: not JsonValueKind.Null };

    private static bool IsBase64(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) && bytes.Length is > 0 and <= MaxBytes;

    private static bool IsHexadecimal(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length % 2 == 0 && HexDigits().IsMatch(text);

    [GeneratedRegex(@"^[0-9A-Fa-f]+\z")]
    private static partial Regex HexDigits();
}

/// <summary>
/// Lets a message wait for a LoRaWAN or Sigfox device, in place of any that waits already, or for an MQTT device at our broker, behind
/// those that do. It is stored when this answers, and sent when the network allows.
/// </summary>
internal sealed class CreateDownlink(AppDbContext db, Caller caller, ChirpStackSaves saves, DownlinkEncoder encoder) : Endpoint<CreateDownlinkRequest, DownlinkCreatedResponse>
{
    private const int SigfoxBytes = 8;

    /// <summary>For an MQTT device that does not listen.</summary>
    private const int MaxWaiting = 100;

    public override void Configure()
    {
        Post("iot-device/{id}/downlink");
        Policies(Role.Read);
    }

    public override async Task HandleAsync(CreateDownlinkRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var content = await ContentAsync(id, request, ct);

        // The lock makes those who write to one device wait for each other, so that one message waits in the end.
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        var device = await db.Devices.FromSql($"SELECT * FROM devices WHERE id = {id} FOR NO KEY UPDATE").WritableBy(caller).SingleOrDefaultAsync(ct)
            ?? throw await db.Devices.MissingAsync(id, notFound: null, ct);
        var item = Item(device, request, content);
        if (device is MqttInternalBrokerDevice)
        {
            await AddForBrokerAsync(device, item, ct);
        }
        else
        {
            await db.ReplaceWaitingAsync(device, item, ct);
            await saves.SaveAsync(Refusal.BadRequest, ct);
        }

        await transaction.CommitAsync(ct);
        if (device.Type == DeviceType.Sigfox)
        {
            // Clients know no body here.
            HttpContext.Response.StatusCode = StatusCodes.Status201Created;
            await HttpContext.Response.StartAsync(ct);
            return;
        }

        await Send.OkAsync(new DownlinkCreatedResponse(item.Id), ct);
    }

    private async Task AddForBrokerAsync(Device device, DownlinkQueueItem item, CancellationToken ct)
    {
        if (await db.Downlinks.CountAsync(i => i.DeviceId == device.Id && i.State == DownlinkState.Pending, ct) >= MaxWaiting)
        {
            throw Refusal.BadRequest($"{MaxWaiting} messages wait for the device already; it has not subscribed to its topic");
        }

        var organizationId = await db.Applications.Where(a => a.Id == device.ApplicationId).Select(a => a.OrganizationId).SingleAsync(ct);
        db.Downlinks.Add(item);
        await saves.SaveAsync(Refusal.BadRequest, ct);
        db.SyncChanges.Add(MosquittoChanges.OfDownlink(item, organizationId));
        await saves.SaveAsync(Refusal.BadRequest, ct);
    }

    private async Task<DownlinkContent> ContentAsync(int deviceId, CreateDownlinkRequest request, CancellationToken ct)
    {
        var payload = request.Payload is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given ? given : (JsonElement?)null;
        return (request.Data, request.DataBase64, payload) switch
        {
            ({ } hex, null, null) => new DownlinkContent(Convert.FromHexString(hex), request.Port),
            (null, { } base64, null) => new DownlinkContent(Convert.FromBase64String(base64), request.Port),
            (null, null, { } json) => await encoder.EncodeAsync(deviceId, json, request.PayloadDecoderId, request.Port, ct),
            _ => throw Refusal.BadRequest("One of data, dataBase64 and payload is wanted"),
        };
    }

    private static DownlinkQueueItem Item(Device device, CreateDownlinkRequest request, DownlinkContent content)
    {
        var payload = content.Bytes;
        return device.Type switch
        {
            DeviceType.LoRaWan when content.Port is not { } port || port < 1 => throw Refusal.Invalid([PortMissing(request)]),
            DeviceType.LoRaWan => new DownlinkQueueItem
            {
                DeviceId = device.Id,
                Payload = payload,
                FPort = content.Port,
                Confirmed = request.Confirmed ?? false,
            },
            DeviceType.Sigfox when payload.Length != SigfoxBytes => throw Refusal.BadRequest(ErrorCodes.DownlinkLengthWrongForSigfox),
            DeviceType.Sigfox or DeviceType.MqttInternalBroker => new DownlinkQueueItem { DeviceId = device.Id, Payload = payload },
            _ => throw Refusal.BadRequest(ErrorCodes.DownlinkNotSupportedForDeviceType),
        };
    }

    // Which port a device listens on is told by nobody else, and 0 is the network's own.
    private static JsonObject PortMissing(CreateDownlinkRequest request) => new()
    {
        ["target"] = new JsonObject { ["data"] = request.Data, ["port"] = request.Port },
        ["value"] = request.Port,
        ["property"] = "port",
        ["children"] = new JsonArray(),
        ["constraints"] = new JsonObject { ["min"] = "port must not be less than 1" },
    };
}
