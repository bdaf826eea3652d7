using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.MqttDevices;

internal static class CertificateDevices
{
    /// <summary>A device with a certificate that the caller may change.</summary>
    /// <exception cref="Refusal">There is no such device.</exception>
    public static async Task<MqttInternalBrokerDevice> CertificateDeviceAsync(this AppDbContext db, int id, Caller caller, CancellationToken ct)
    {
        var device = await db.Devices.WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, notFound: null, ct);
        return device is MqttInternalBrokerDevice { Authentication: MqttAuthentication.Certificate } mqtt
            ? mqtt
            : throw Refusal.Device("The device has no certificate for our broker");
    }
}
