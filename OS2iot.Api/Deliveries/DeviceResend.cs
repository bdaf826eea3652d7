using System.Globalization;
using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Deliveries;

/// <summary>Sends messages of a device again and tells the audit log, both or neither.</summary>
internal sealed class DeviceResend(AppDbContext db, DeliveryQueue queue)
{
    public async Task<ResendResponse> RunAsync(
        Device device, IReadOnlyList<StoredMessage> messages, ResendRequest which, bool onlyFailed, DateTimeOffset? continueFrom, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var queued = await queue.ResendAsync(device.Id, messages, which, onlyFailed, ct);
        await db.WriteAuditAsync([Record(device, messages, which, onlyFailed, queued)], ct: ct);
        await transaction.CommitAsync(ct);
        return new ResendResponse(messages.Count, queued.Deliveries, queued.Waiting, queued.WithoutResult, continueFrom);
    }

    private static AuditRecord Record(
        Device device, IReadOnlyList<StoredMessage> messages, ResendRequest which, bool onlyFailed, Queued queued) => new()
        {
            Action = AuditActions.Resend,
            Type = AuditTypes.Device,
            EntityId = device.Id.ToString(CultureInfo.InvariantCulture),
            Name = device.Name,
            After = JsonSerializer.Serialize(
                new
                {
                    messages = messages.Count,
                    queued = queued.Deliveries,
                    oldest = messages.Count == 0 ? null : WireTime.Format(messages[0].ReceivedAt),
                    newest = messages.Count == 0 ? null : WireTime.Format(messages[^1].ReceivedAt),
                    messageId = messages.Count == 1 ? messages[0].Id : (Guid?)null,
                    which.ConnectionIds,
                    which.DataTargetIds,
                    onlyFailed,
                },
                WireJson.Answers),
        };
}
