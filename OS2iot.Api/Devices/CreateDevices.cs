using FastEndpoints;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.DeviceModels;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

internal sealed class CreateDevicesRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["data"] = Is.ArrayOf(CreateDeviceRequest.Shape).OfSize(1, DeviceRows.Max) };

    public IReadOnlyList<CreateDeviceRequest> Data { get; init; } = [];
}

/// <summary>
/// Adds up to 1,000 devices; the answer says of each row what became of it. Sending the same rows again, say after a broken
/// connection, answers the devices that are there already and adds only the missing ones. Another Idempotency-Key header makes another
/// import of the same rows.
/// </summary>
[RequestSizeLimit(DeviceRows.MaxBytes)]
internal sealed class CreateDevices(AppDbContext db, Caller caller, DeviceNetworks networks, ImportKeys importKeys, DeviceReader reader, ChirpStackSaves saves)
    : Endpoint<CreateDevicesRequest, IReadOnlyList<DeviceRowResponse>>
{
    public override void Configure()
    {
        Post("iot-device/createMany");
        Policies(Role.Read);
    }

    public override async Task<IReadOnlyList<DeviceRowResponse>> ExecuteAsync(CreateDevicesRequest request, CancellationToken ct)
    {
        var applications = await db.Applications.WritableAsync(request.Data.Select(r => r.ApplicationId), caller, ct);
        var models = await db.DeviceModels.KnownAsync(request.Data.Select(r => r.DeviceModelId), caller, ct);
        var keys = importKeys.Of(request.Data, caller.UserId, ImportName());
        var rows = request.Data.Zip(keys, (row, key) => (Row: new DeviceRow<CreateDeviceRequest>(row), Key: key)).ToList();
        await FindAsync(rows, ct);
        foreach (var (row, _) in rows.Where(r => r.Row.IsOpen))
        {
            row.Error = applications.TryGetValue(row.Request.ApplicationId, out var organization)
                ? models.WhyNot(row.Request.DeviceModelId, organization)
                : ErrorCodes.ApplicationDoesNotExist;
        }

        // In the order of their applications, which two such requests must not lock in different ones.
        await networks.PrepareAsync(rows.Where(r => r.Row.IsOpen).Select(r => r.Row.Request), ct);
        foreach (var chunk in rows.Where(r => r.Row.IsOpen).OrderBy(r => r.Row.Request.ApplicationId).Chunk(DeviceRows.ChunkSize))
        {
            await CreateAsync(chunk, ct);
        }

        var saved = await reader.SavedAsync([.. rows.Select(r => r.Row.Id).OfType<int>()], ct);
        return [.. rows.Select(r => r.Row.ToResponse(saved))];
    }

    private string? ImportName() => HttpContext.Request.Headers[ImportKeys.Header].LastOrDefault() switch
    {
        null or "" => null,
        { Length: <= ImportKeys.MaxLength } name => name,
        _ => throw Refusal.BadRequest($"{ImportKeys.Header} must be shorter than or equal to {ImportKeys.MaxLength} characters"),
    };

    /// <summary>Rows whose device an earlier request with the same rows has saved.</summary>
    private async Task FindAsync(IReadOnlyList<(DeviceRow<CreateDeviceRequest> Row, byte[] Key)> rows, CancellationToken ct)
    {
        var keys = rows.Select(r => r.Key).ToArray();
        var found = await db.Devices.WritableBy(caller).Where(d => keys.Contains(d.ImportKey))
            .Select(d => new { d.Id, Key = d.ImportKey! }).ToListAsync(ct);
        var byKey = found.ToDictionary(f => Convert.ToHexString(f.Key), f => f.Id);
        foreach (var (row, key) in rows)
        {
            row.Id = byKey.TryGetValue(Convert.ToHexString(key), out var id) ? id : row.Id;
        }
    }

    private async Task CreateAsync(IReadOnlyList<(DeviceRow<CreateDeviceRequest> Row, byte[] Key)> chunk, CancellationToken ct)
    {
        foreach (var (row, key) in chunk)
        {
            try
            {
                row.Device = await networks.Of(DeviceTypes.Parse(row.Request.Type)).CreateAsync(row.Request, ct);
                row.Request.ApplyTo(row.Device);
                row.Device.ImportKey = key;
                db.Devices.Add(row.Device);
            }
            catch (Refusal refusal)
            {
                row.Error = refusal.Reason;
            }
        }

        try
        {
            await saves.SaveAsync(Refusal.Device, ct);
            foreach (var (row, _) in chunk)
            {
                row.Id = row.Device?.Id;
            }
        }
        catch (Exception exception) when (exception is Refusal || (exception is DbUpdateException update && update.IsRefusal()))
        {
            await saves.OneByOneAsync(() => CreateEachAsync(chunk, ct), ct);
        }
    }

    private async Task CreateEachAsync(IReadOnlyList<(DeviceRow<CreateDeviceRequest> Row, byte[] Key)> chunk, CancellationToken ct)
    {
        var open = chunk.Where(r => r.Row.IsOpen).ToList();
        open.ForEach(r => db.Entry(r.Row.Device!).State = EntityState.Detached);
        foreach (var row in open)
        {
            await CreateAloneAsync(row, ct);
        }
    }

    /// <summary>One of a chunk that is saved row by row.</summary>
    private async Task CreateAloneAsync((DeviceRow<CreateDeviceRequest> Row, byte[] Key) row, CancellationToken ct)
    {
        try
        {
            // Itself only: what it points to is there.
            row.Row.Device!.Id = 0;
            db.Entry(row.Row.Device).State = EntityState.Added;
            await saves.SaveAsync(Refusal.Device, ct);
            row.Row.Id = row.Row.Device.Id;
        }
        catch (Refusal refusal)
        {
            row.Row.Error = refusal.Reason;
        }
        catch (DbUpdateException exception) when (exception.IsRefusal())
        {
            db.Entry(row.Row.Device!).State = EntityState.Detached;

            // The same rows may be on their way a second time at this moment.
            await FindAsync([row], ct);
            row.Row.Error = row.Row.Id is null ? exception.WhyNotSaved() : null;
        }
    }
}
