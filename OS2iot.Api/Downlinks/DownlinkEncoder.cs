using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.Downlinks;

/// <param name="Bytes">What the device gets.</param>
/// <param name="Port">LoRaWAN.</param>
internal sealed record DownlinkContent(byte[] Bytes, int? Port);

/// <summary>Lets a decoder's <c>encodeDownlink</c> make a message to a device, in the sandbox.</summary>
internal sealed class DownlinkEncoder(AppDbContext db, Caller caller, DecoderSandbox sandbox, TimeProvider clock)
{
    /// <summary>Who finds the sandbox full for so long is sent away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="Refusal">There is no such device or decoder for the caller, or the script failed.</exception>
    public async Task<DownlinkContent> EncodeAsync(int deviceId, JsonElement payload, int? decoderId, int? port, CancellationToken ct)
    {
        var device = await db.Devices.AsNoTracking().WritableBy(caller).Include(d => d.Application).SingleOrDefaultAsync(d => d.Id == deviceId, ct)
            ?? throw await db.Devices.MissingAsync(deviceId, notFound: null, ct);
        var decoder = await FindAsync(deviceId, decoderId, ct);
        var input = new DecoderInput
        {
            Payload = Encoding.UTF8.GetBytes(payload.GetRawText()),
            Metadata = new DecoderMetadata
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
            }.ToJson(),
            Network = device.Type,
            FPort = port,
            ReceivedAt = clock.GetUtcNow(),
        };
        var result = await RunAsync(new DecoderScript(decoder.Id, decoder.Version, decoder.DecodingFunction), input, ct);
        return result.Succeeded
            ? new DownlinkContent(result.Bytes, port ?? result.FPort)
            : throw Refusal.BadRequest($"Got error: {result.Error}");
    }

    private async Task<PayloadDecoder> FindAsync(int deviceId, int? decoderId, CancellationToken ct)
    {
        var decoders = db.PayloadDecoders.AsNoTracking();
        if (decoderId is { } id)
        {
            return await decoders.VisibleTo(caller).SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw Refusal.BadRequest(ErrorCodes.IdDoesNotExist);
        }

        var used = db.DataTargetConnections.Where(c => c.PayloadDecoderId != null && c.Devices.Any(d => d.Id == deviceId)).Select(c => c.PayloadDecoderId!.Value);
        return await decoders.Where(d => used.Contains(d.Id)).Take(2).ToListAsync(ct) is [var only]
            ? only
            : throw Refusal.BadRequest("payloadDecoderId is wanted: the device's messages don't go through one decoder");
    }

    private async Task<EncodeResult> RunAsync(DecoderScript script, DecoderInput input, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            return await sandbox.EncodeAsync(script, input, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Refusal.TooManyRequests(retryAfter: 5);
        }
    }
}
