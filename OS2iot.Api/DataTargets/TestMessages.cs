using System.Text;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Uplinks;
using OS2iot.Decoder;

namespace OS2iot.Api.DataTargets;

/// <summary>A message to try a target with, or what its decoder failed with.</summary>
internal sealed record TestMessage(DeliveryMessage Message, string? Error);

/// <summary>Makes the message that a target is tried with: what somebody typed, or what a device sent last, decoded as asked.</summary>
internal sealed class TestMessages(AppDbContext db, Caller caller, DecoderSandbox sandbox, TimeProvider clock)
{
    /// <summary>Trials share one lane of the sandbox; who finds it full for so long is sent away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="Refusal">Device or decoder are not the caller's to use, or there is nothing to send.</exception>
    public async Task<TestMessage> MakeAsync(TestDataTargetRequest request, DataTarget target, CancellationToken ct)
    {
        var device = await FindDeviceAsync(request.IotDeviceId, target, ct);
        var decoder = await FindDecoderAsync(request.PayloadDecoderId, ct);
        var latest = device is not null && request.DataPackage is null ? await LatestAsync(device.Id, ct) : null;
        var payload = request.DataPackage is { } package ? Encoding.UTF8.GetBytes(package) : latest?.Payload
            ?? throw Refusal.BadRequest("There is nothing to send: give a dataPackage, or a device that has sent something");
        var message = new DeliveryMessage
        {
            MessageId = Guid.CreateVersion7(clock.GetUtcNow()),
            DeviceId = device?.Id ?? 0,
            ApplicationId = target.ApplicationId,
            OrganizationId = target.Application!.OrganizationId,
            ReceivedAt = latest?.ReceivedAt ?? clock.GetUtcNow(),
            DataTargetId = target.Id,
            Payload = payload,
        };
        if (decoder is null)
        {
            return new TestMessage(message, Error: null);
        }

        var input = new DecoderInput
        {
            Payload = payload,
            Metadata = device is null ? "{}"u8.ToArray() : MetadataOf(device).ToJson(),
            Network = device?.Type ?? DeviceType.GenericHttp,
            FPort = latest?.FPort,
            ReceivedAt = message.ReceivedAt,
        };
        var decoded = await DecodeAsync(DecoderScript.Unsaved(decoder.DecodingFunction), input, ct);
        return new TestMessage(message with { Payload = decoded.Output }, decoded.Error);
    }

    private async Task<Device?> FindDeviceAsync(int? id, DataTarget target, CancellationToken ct)
    {
        if (id is null)
        {
            return null;
        }

        var device = await db.Devices.VisibleTo(caller).AsNoTracking().Include(d => d.Application).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw Refusal.NotFound();
        return device.ApplicationId == target.ApplicationId ? device : throw Refusal.BadRequest(ErrorCodes.NotSameApplication);
    }

    private async Task<PayloadDecoder?> FindDecoderAsync(int? id, CancellationToken ct) => id is null
        ? null
        : await db.PayloadDecoders.VisibleTo(caller).AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw Refusal.NotFound();

    private Task<ReceivedMessage?> LatestAsync(int deviceId, CancellationToken ct) => db.ReceivedMessages.AsNoTracking()
        .Where(m => m.DeviceId == deviceId).OrderByDescending(m => m.ReceivedAt).ThenByDescending(m => m.Id).FirstOrDefaultAsync(ct);

    private async Task<DecodeResult> DecodeAsync(DecoderScript script, DecoderInput input, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            return await sandbox.DecodeAsync(script, input, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Refusal.TooManyRequests(retryAfter: 5);
        }
    }

    private static DecoderMetadata MetadataOf(Device device) => new()
    {
        Id = device.Id,
        Name = device.Name,
        Type = device.Type,
        Latitude = device.Latitude,
        Longitude = device.Longitude,
        CommentOnLocation = device.CommentOnLocation,
        Comment = device.Comment,
        Metadata = device.Metadata,
        CreatedAt = device.CreatedAt,
        UpdatedAt = device.UpdatedAt,
        ApplicationId = device.ApplicationId,
        ApplicationName = device.Application!.Name,
    };
}
