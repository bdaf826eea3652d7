using System.Security.Cryptography;
using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

internal sealed class TestDataTargetRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["dataTargetId"] = Is.Id(),
        ["iotDeviceId"] = Is.Id().Optional(),
        ["payloadDecoderId"] = Is.Id().Optional(),
        ["dataPackage"] = Is.Text().Rule("isJson", IsJson, p => $"{p} must be a json string").Optional(),
    };

    public int DataTargetId { get; init; }

    /// <summary>A device of the target's application. Its newest message is sent where there is no data package.</summary>
    public int? IotDeviceId { get; init; }

    /// <summary>Decodes the message first; without one it is sent as it is.</summary>
    public int? PayloadDecoderId { get; init; }

    /// <summary>What a device might have sent, as JSON in this text.</summary>
    public string? DataPackage { get; init; }

    private static bool IsJson(JsonElement value)
    {
        try
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                JsonElement.Parse(value.GetString()!);
                return true;
            }
        }
        catch (JsonException)
        {
            // No JSON.
        }

        return false;
    }
}

/// <param name="Result">How the try ended.</param>
/// <param name="DecodedPayload">What was sent, or would have been; null when the decoder failed.</param>
internal sealed record TestDataTargetResponse(SendResult Result, RawJson? DecodedPayload);

/// <param name="Status">OK or ERROR.</param>
/// <param name="StatusCode">What the target answered, where its protocol has a code for it.</param>
/// <param name="ErrorMessage">Why it failed; null when it was delivered.</param>
internal sealed record SendResult(string Status, int? StatusCode, string? ErrorMessage);

/// <summary>Sends one message to a target now, as the pipeline would. At most ten a minute for each caller.</summary>
[RefusesWith(StatusCodes.Status429TooManyRequests)]
internal sealed class TestDataTarget(
    AppDbContext db, Caller caller, SendThrottle throttle, TestMessages messages, DataTargetSettings settings, DataTargetSenders senders)
    : Endpoint<TestDataTargetRequest, TestDataTargetResponse>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public override void Configure()
    {
        Post("data-target/testDataTarget");
        Policies(Role.Read);
    }

    public override async Task<TestDataTargetResponse> ExecuteAsync(TestDataTargetRequest request, CancellationToken ct)
    {
        var target = await db.DataTargets.WritableBy(caller).AsNoTracking().Include(t => t.Application)
            .SingleOrDefaultAsync(t => t.Id == request.DataTargetId, ct)
            ?? throw await db.DataTargets.MissingAsync(request.DataTargetId, ct);
        if (DataTargetTypes.Find(target.Type) is not { IsPublished: false } type)
        {
            throw Refusal.BadRequest("Nothing is sent to data targets of this type; the public fetches from them");
        }

        if (throttle.ClosedFor(caller.UserId) is { } closed)
        {
            throw Refusal.TooManyRequests((int)Math.Ceiling(closed.TotalSeconds));
        }

        var trial = await messages.MakeAsync(request, target, ct);
        return trial.Error is { } error
            ? new TestDataTargetResponse(new SendResult(SendStatus.Error, null, error), DecodedPayload: null)
            : new TestDataTargetResponse(await SendAsync(target, type, trial.Message, ct), new RawJson(trial.Message.Payload));
    }

    private async Task<SendResult> SendAsync(DataTarget target, DataTargetType type, DeliveryMessage message, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var result = await senders.SendAsync(type, settings.Read(type, target.Settings), message, patience.Token);
            return new SendResult(result.Outcome == DeliveryOutcome.Delivered ? SendStatus.Ok : SendStatus.Error, result.StatusCode, result.Error);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new SendResult(SendStatus.Error, null, "The target did not answer in time.");
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException)
        {
            return new SendResult(SendStatus.Error, null, "The target's settings can't be read. Save them again.");
        }
    }
}
