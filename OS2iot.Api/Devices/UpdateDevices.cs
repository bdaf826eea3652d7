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

internal sealed class UpdateDevicesRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["data"] = Is.ArrayOf(UpdateDeviceRequest.Shape).OfSize(1, DeviceRows.Max) };

    public IReadOnlyList<UpdateDeviceRequest> Data { get; init; } = [];
}

/// <summary>
/// Changes up to 1,000 devices, each as by itself; the answer says of each row what became of it. Rows of unknown devices come last.
/// </summary>
[RequestSizeLimit(DeviceRows.MaxBytes)]
internal sealed class UpdateDevices(AppDbContext db, Caller caller, DeviceNetworks networks, DeviceReader reader, ChirpStackSaves saves)
    : Endpoint<UpdateDevicesRequest, IReadOnlyList<DeviceRowResponse>>
{
    public override void Configure()
    {
        Post("iot-device/updateMany");
        Policies(Role.Read);
    }

    public override async Task<IReadOnlyList<DeviceRowResponse>> ExecuteAsync(UpdateDevicesRequest request, CancellationToken ct)
    {
        var known = await KnownAsync(request.Data.Select(r => r.RowId()).Distinct().ToList(), ct);
        var rows = request.Data.Select(r => new DeviceRow<UpdateDeviceRequest>(r)).OrderBy(r => known.Contains(r.Request.RowId()) ? 0 : 1).ToList();
        var found = rows.Where(r => known.Contains(r.Request.RowId())).ToList();
        var applications = await db.Applications.WritableAsync(found.Select(r => r.Request.ApplicationId), caller, ct);
        var models = await db.DeviceModels.KnownAsync(found.Select(r => r.Request.DeviceModelId), caller, ct);
        foreach (var row in found)
        {
            row.Error = applications.TryGetValue(row.Request.ApplicationId, out var organization)
                ? models.WhyNot(row.Request.DeviceModelId, organization)
                : ErrorCodes.ApplicationDoesNotExist;
        }

        await networks.PrepareAsync(found.Where(r => r.IsOpen).Select(r => r.Request), ct);
        foreach (var chunk in found.Where(r => r.IsOpen).Chunk(DeviceRows.ChunkSize))
        {
            await UpdateAsync(chunk, ct);
        }

        var saved = await reader.SavedAsync([.. rows.Select(r => r.Id).OfType<int>().Distinct()], ct);
        return [.. rows.Select(r => r.ToResponse(saved))];
    }

    /// <exception cref="Refusal">The caller may not change one that is there.</exception>
    private async Task<HashSet<int>> KnownAsync(List<int> ids, CancellationToken ct)
    {
        var writable = await db.Devices.WritableBy(caller).Where(d => ids.Contains(d.Id)).Select(d => d.Id).ToListAsync(ct);
        return writable.Count == await db.Devices.CountAsync(d => ids.Contains(d.Id), ct) ? [.. writable] : throw Refusal.Forbidden();
    }

    private async Task UpdateAsync(DeviceRow<UpdateDeviceRequest>[] chunk, CancellationToken ct)
    {
        var ids = chunk.Select(r => r.Request.RowId()).ToList();
        var devices = await db.Devices.WritableBy(caller).Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
        var moving = new HashSet<int>();
        foreach (var row in chunk)
        {
            await ApplyAsync(row, devices.GetValueOrDefault(row.Request.RowId()), moving, ct);
        }

        try
        {
            await db.LeaveApplicationAsync([.. moving], ct);
            await saves.SaveAsync(Refusal.Device, ct);
            foreach (var row in chunk)
            {
                row.Id = row.Device?.Id;
            }
        }
        catch (Exception exception) when (exception is Refusal || (exception is DbUpdateException update && update.IsRefusal()))
        {
            db.ChangeTracker.Clear();
            if (chunk.Length == 1)
            {
                chunk[0].Error ??= exception switch
                {
                    Refusal refusal => refusal.Reason,
                    DbUpdateConcurrencyException => ErrorCodes.IdDoesNotExist,
                    _ => ((DbUpdateException)exception).WhyNotSaved(),
                };
                return;
            }

            // Somebody changed something that one of the rows needs. The others don't have to pay for it.
            await saves.OneByOneAsync(() => UpdateEachAsync(chunk, ct), ct);
        }
    }

    private async Task UpdateEachAsync(DeviceRow<UpdateDeviceRequest>[] chunk, CancellationToken ct)
    {
        foreach (var row in chunk.Where(r => r.Error is null))
        {
            row.Device = null;
            await UpdateAsync([row], ct);
        }
    }

    private async Task ApplyAsync(DeviceRow<UpdateDeviceRequest> row, Device? device, HashSet<int> moving, CancellationToken ct)
    {
        if (device is null)
        {
            row.Error = ErrorCodes.IdDoesNotExist;
            return;
        }

        var entry = db.Entry(device);
        var before = entry.CurrentValues.Clone();
        try
        {
            row.Request.ApplyTo(device);
            await networks.Of(device.Type).UpdateAsync(device, row.Request, ct);
            row.Device = device;
            if (entry.Property(d => d.ApplicationId).OriginalValue != device.ApplicationId)
            {
                moving.Add(device.Id);
            }
        }
        catch (Refusal refusal)
        {
            // As if the row had not been there; an earlier row of the same device stands.
            entry.CurrentValues.SetValues(before);
            row.Error = refusal.Reason;
        }
    }
}
