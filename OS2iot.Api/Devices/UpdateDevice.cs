using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.DeviceModels;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

/// <summary>Changes a device; may move it to another application that the caller may change. Its type stays.</summary>
internal sealed class UpdateDevice(AppDbContext db, Caller caller, DeviceNetworks networks, DeviceReader reader, ChirpStackSaves saves)
    : Endpoint<UpdateDeviceRequest, DeviceDetails>
{
    public override void Configure()
    {
        Put("iot-device/{id}");
        Policies(Role.Read);
    }

    public override async Task<DeviceDetails> ExecuteAsync(UpdateDeviceRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, notFound: null, ct);
        var organization = await db.Applications.CheckWritableAsync(request.ApplicationId, caller, ct);
        var models = await db.DeviceModels.KnownAsync([request.DeviceModelId], caller, ct);
        if (models.WhyNot(request.DeviceModelId, organization) is { } reason)
        {
            throw Refusal.Device(reason);
        }

        if (device.ApplicationId != request.ApplicationId)
        {
            await db.LeaveApplicationAsync([id], ct);
        }

        request.ApplyTo(device);
        await networks.Of(device.Type).UpdateAsync(device, request, ct);
        await saves.SaveDevicesAsync(ct);
        return await reader.FindAsync(id, ct) ?? throw Refusal.NotFound();
    }
}
