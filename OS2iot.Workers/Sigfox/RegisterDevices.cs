using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>Registers devices at Sigfox, one after the other.</summary>
internal sealed class RegisterDevices(SigfoxClient sigfox, SigfoxLogins logins, SecretProtector protector) : SigfoxWork
{
    public override bool Does(SigfoxJobKind kind) => kind == SigfoxJobKind.Register;

    public override async Task<SigfoxWait?> RunAsync(AppDbContext db, SigfoxJob job, Func<Task> save, CancellationToken ct)
    {
        var login = logins.Of(job.SigfoxGroup!);
        while (await NextAsync(db, job, ct) is { } item)
        {
            await RegisterAsync(job, item, login, save, ct);
            job.Attempts = 0;
            db.Entry(item).State = EntityState.Detached;
            if (item.Device is not null)
            {
                db.Entry(item.Device).State = EntityState.Detached;
            }
        }

        return null;
    }

    private static Task<SigfoxJobItem?> NextAsync(AppDbContext db, SigfoxJob job, CancellationToken ct) => db.Set<SigfoxJobItem>()
        .Where(i => i.SigfoxJobId == job.Id && i.State == SigfoxItemState.Waiting).OrderBy(i => i.Number)
        .Include(i => i.Device).FirstOrDefaultAsync(ct);

    private async Task RegisterAsync(SigfoxJob job, SigfoxJobItem item, SigfoxLogin login, Func<Task> save, CancellationToken ct)
    {
        try
        {
            if (item.Device is not { } device)
            {
                throw new SigfoxException(SigfoxFailure.Refused, "The device was removed meanwhile.");
            }

            if (device.Registration is not null && !(item.IsUncertain && await IsThereAsync(job, device, login, ct)))
            {
                // Should this end here and now, Sigfox is asked whether it has the device before it is told again.
                var created = NewDevice(device);
                item.IsUncertain = true;
                await save();
                await CreateAsync(item, created, login, save, ct);
            }

            (device.Registration, device.RegistrationError) = (null, null);
            item.State = SigfoxItemState.Done;
            job.Succeeded++;
        }
        catch (SigfoxException exception) when (exception.Failure is SigfoxFailure.Refused or SigfoxFailure.NotFound or SigfoxFailure.Unexpected)
        {
            Refuse(item, exception.Message);
            job.Failed++;
        }

        item.IsUncertain = false;
        await save();
    }

    private async Task CreateAsync(SigfoxJobItem item, SigfoxNewDevice device, SigfoxLogin login, Func<Task> save, CancellationToken ct)
    {
        try
        {
            await sigfox.CreateDeviceAsync(login, device, ct);
        }
        catch (SigfoxException exception) when (exception.Failure == SigfoxFailure.TooManyRequests)
        {
            // It was not even looked at.
            item.IsUncertain = false;
            await save();
            throw;
        }
    }

    private static void Refuse(SigfoxJobItem item, string reason)
    {
        (item.State, item.Error) = (SigfoxItemState.Failed, reason);
        if (item.Device is not null)
        {
            (item.Device.Registration, item.Device.RegistrationError) = (SigfoxRegistration.Refused, reason);
        }
    }

    private async Task<bool> IsThereAsync(SigfoxJob job, SigfoxDevice device, SigfoxLogin login, CancellationToken ct) =>
        await sigfox.FindDeviceAsync(login, device.SigfoxId, ct) is { } found
        && string.Equals(found.GroupId, job.SigfoxGroup!.SigfoxGroupId, StringComparison.OrdinalIgnoreCase)
        && string.Equals(found.DeviceTypeId, device.SigfoxDeviceTypeId, StringComparison.OrdinalIgnoreCase);

    private SigfoxNewDevice NewDevice(SigfoxDevice device)
    {
        try
        {
            return new SigfoxNewDevice
            {
                Id = device.SigfoxId,
                Name = device.Name,
                Pac = protector.Unprotect(device.PacCiphertext!),
                DeviceTypeId = device.SigfoxDeviceTypeId!,
                ProductCertificate = device.Prototype ? null : device.EndProductCertificate,
                Latitude = device.Latitude,
                Longitude = device.Longitude,
            };
        }
        catch (CryptographicException)
        {
            throw new SigfoxException(SigfoxFailure.Refused, "The stored PAC can't be read. Send it again.");
        }
    }
}
