using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.DeviceModels;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

/// <summary>Adds a device to an application that the caller may change.</summary>
internal sealed class CreateDevice(AppDbContext db, Caller caller, DeviceNetworks networks, DeviceReader reader, ChirpStackSaves saves)
    : Endpoint<CreateDeviceRequest, DeviceDetails>
{
    public override void Configure()
    {
        Post("iot-device");
        Policies(Role.Read);
    }

    public override async Task<DeviceDetails> ExecuteAsync(CreateDeviceRequest request, CancellationToken ct)
    {
        var organization = await db.Applications.CheckWritableAsync(request.ApplicationId, caller, ct);
        var models = await db.DeviceModels.KnownAsync([request.DeviceModelId], caller, ct);
        if (models.WhyNot(request.DeviceModelId, organization) is { } reason)
        {
            throw Refusal.Device(reason);
        }

        var device = await networks.Of(DeviceTypes.Parse(request.Type)).CreateAsync(request, ct);
        request.ApplyTo(device);
        db.Devices.Add(device);
        await saves.SaveDevicesAsync(ct);
        return await reader.FindAsync(device.Id, ct) ?? throw Refusal.NotFound();
    }
}
