using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

/// <summary>Adds a device to an application that the caller may change.</summary>
internal sealed class CreateDevice(AppDbContext db, Caller caller, DeviceNetworks networks, DeviceReader reader)
    : Endpoint<CreateDeviceRequest, DeviceDetails>
{
    public override void Configure()
    {
        Post("iot-device");
        Policies(Role.Read);
    }

    public override async Task<DeviceDetails> ExecuteAsync(CreateDeviceRequest request, CancellationToken ct)
    {
        await db.Applications.CheckWritableAsync(request.ApplicationId, caller, ct);
        if (request.DeviceModelId is not null)
        {
            throw Refusal.Device(ErrorCodes.DeviceModelDoesNotExist);
        }

        var device = await networks.Of(DeviceTypes.Parse(request.Type)).CreateAsync(request, ct);
        request.ApplyTo(device);
        db.Devices.Add(device);
        await db.SaveDevicesAsync(ct);
        return await reader.FindAsync(device.Id, ct) ?? throw Refusal.NotFound();
    }
}
