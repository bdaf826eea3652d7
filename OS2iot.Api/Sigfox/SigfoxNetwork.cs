using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>Devices at Sigfox, which knows each of them and tells more about them than people do.</summary>
internal sealed class SigfoxNetwork(AppDbContext db, SigfoxAccess access, SigfoxClient sigfox, SecretProtector protector, TimeProvider clock)
    : DeviceNetwork
{
    public override DeviceType Type => DeviceType.Sigfox;

    public override async Task<Device> CreateAsync(DeviceRequest request, CancellationToken ct)
    {
        var settings = SettingsIn(request)
            ?? throw Refusal.Device("sigfoxSettings must be sent for a device of type SIGFOX");
        var device = new SigfoxDevice { Name = request.Name, SigfoxId = settings.DeviceId.ToUpperInvariant() };
        request.ApplyTo(device);
        var group = await FindGroupAsync(settings.GroupId, device, ct);
        await CheckUnusedAsync(device, ct);
        await AskAsync(settings.ConnectToExistingDeviceInBackend == false
            ? RegisterAsync(device, group, settings, ct)
            : ConnectAsync(device, group, settings, ct));
        return device;
    }

    public override async Task UpdateAsync(Device device, DeviceRequest request, CancellationToken ct)
    {
        var known = (SigfoxDevice)device;
        var settings = SettingsIn(request);
        var group = await FindGroupAsync(settings?.GroupId ?? known.SigfoxGroupId, known, ct);
        known.SigfoxId = settings?.DeviceId.ToUpperInvariant() ?? known.SigfoxId;
        await CheckUnusedAsync(known, ct);
        if (known.Registration == SigfoxRegistration.Refused && settings?.DeviceTypeId is not null)
        {
            await AskAsync(RegisterAsync(known, group, settings, ct));
        }
        else if (known.Registration is null && IsOfInterest(known, settings))
        {
            await AskAsync(ConnectAsync(known, group, settings, ct));
        }
        else if (settings is not null)
        {
            Remember(known, settings);
        }
    }

    public override void Write(Device device, IDictionary<string, object?> columns, bool showSecrets)
    {
        var sigfox = (SigfoxDevice)device;
        columns["deviceId"] = sigfox.SigfoxId;
        columns["deviceTypeId"] = sigfox.SigfoxDeviceTypeId;
        columns["groupId"] = sigfox.SigfoxGroup?.SigfoxGroupId;
        columns["downlinkPayload"] = sigfox.DownlinkPayload
            ?? (sigfox.Downlinks is [var waiting, ..] ? Convert.ToHexStringLower(waiting.Payload) : null);
    }

    public override void WriteSettings(Device device, IDictionary<string, object?> members, bool showSecrets)
    {
        var sigfox = (SigfoxDevice)device;
        members[SigfoxSettings.Name] = new SigfoxSettingsResponse
        {
            DeviceId = sigfox.SigfoxId,
            DeviceTypeId = sigfox.SigfoxDeviceTypeId,
            DeviceTypeName = sigfox.SigfoxDeviceTypeName,
            GroupId = sigfox.SigfoxGroupId,
            GroupName = sigfox.SigfoxGroup?.SigfoxGroupName,
            Pac = showSecrets && sigfox.PacCiphertext is { } pac ? protector.Unprotect(pac) : null,
            EndProductCertificate = sigfox.EndProductCertificate,
            Prototype = sigfox.Prototype,
        };
    }

    // Checked only in a request for a device of this type.
    private SigfoxSettings? SettingsIn(DeviceRequest request) =>
        request.Type == Type.ToWire() ? request.SettingsOf<SigfoxSettings>(SigfoxSettings.Name) : null;

    // Only a group of the organization that the device belongs to: a group is that organization's login at Sigfox.
    private async Task<SigfoxGroup> FindGroupAsync(int groupId, SigfoxDevice device, CancellationToken ct)
    {
        var group = await db.SigfoxGroups.SingleOrDefaultAsync(
            g => g.Id == groupId && g.Organization!.Applications.Any(a => a.Id == device.ApplicationId), ct)
            ?? throw Refusal.Device(ErrorCodes.IdDoesNotExist);
        (device.SigfoxGroup, device.SigfoxGroupId) = (group, group.Id);
        return group;
    }

    private async Task CheckUnusedAsync(SigfoxDevice device, CancellationToken ct)
    {
        if (await db.SigfoxDevices.AnyAsync(d => d.SigfoxId == device.SigfoxId && d.Id != device.Id, ct))
        {
            throw Refusal.Device(ErrorCodes.IdInvalidOrAlreadyInUse);
        }
    }

    // Sigfox lets a device be changed once an hour, so it is asked only when there is something to tell.
    private bool IsOfInterest(SigfoxDevice device, SigfoxSettings? settings)
    {
        var entry = db.Entry(device);
        return entry.Property(d => d.Name).IsModified
            || entry.Property(d => d.Latitude).IsModified || entry.Property(d => d.Longitude).IsModified
            || entry.Property(d => d.SigfoxId).IsModified || entry.Property(d => d.SigfoxGroupId).IsModified
            || !IsType(device.SigfoxDeviceTypeId, settings);
    }

    private async Task ConnectAsync(SigfoxDevice device, SigfoxGroup group, SigfoxSettings? settings, CancellationToken ct)
    {
        var (login, groupId) = (access.LoginOf(group), await access.GroupIdAsync(group, ct));
        if (await sigfox.FindDeviceAsync(login, device.SigfoxId, ct) is not { } found
            || !string.Equals(found.GroupId, groupId, StringComparison.OrdinalIgnoreCase))
        {
            throw Refusal.Device(ErrorCodes.DeviceDoesNotExistInSigfox);
        }

        if (!IsType(found.DeviceTypeId, settings))
        {
            await TransferAsync(device, found, group, SigfoxSettings.Text(settings!.DeviceTypeId)!.ToLowerInvariant(), ct);
        }

        if (found.Differs(device))
        {
            await TellAsync(device, found, group, ct);
        }

        if (settings is not null)
        {
            Remember(device, settings);
        }

        device.SigfoxDeviceTypeId = found.DeviceTypeId?.ToLowerInvariant();
        device.SigfoxDeviceTypeName = found.DeviceTypeName;
        device.Prototype = found.Prototype;
        RememberPac(device, found.Pac);
        device.EndProductCertificate = found.ProductCertificate ?? device.EndProductCertificate;
    }

    // Sigfox takes one change of a device in an hour. A later one waits for that, and nobody has to remember it.
    private async Task TellAsync(SigfoxDevice device, SigfoxRegisteredDevice found, SigfoxGroup group, CancellationToken ct)
    {
        try
        {
            await sigfox.UpdateDeviceAsync(access.LoginOf(group), found.As(device), ct);
        }
        catch (SigfoxException exception) when (exception.Failure == SigfoxFailure.TooManyRequests)
        {
            db.SyncChanges.Add(SigfoxChanges.OfDevice(device.SigfoxId, group.OrganizationId, clock.GetUtcNow() + exception.RetryAfter));
        }
    }

    /// <summary>Sigfox does it in its own time; until then the device has the type that it has, and its messages may name either.</summary>
    private async Task TransferAsync(SigfoxDevice device, SigfoxRegisteredDevice found, SigfoxGroup group, string typeId, CancellationToken ct)
    {
        if (device.Id == 0)
        {
            throw Refusal.Device(
                $"At SigFox the device has the device type {found.DeviceTypeId} ({found.DeviceTypeName}). Connect it with that, and change it then.");
        }

        if (device.NextDeviceTypeId is { } next)
        {
            throw Refusal.Device($"SigFox is moving the device to the device type {next}.");
        }

        var type = await sigfox.FindDeviceTypeAsync(access.LoginOf(group), typeId, ct)
            ?? throw Refusal.Device($"SigFox has no device type {typeId} in this group.");
        device.NextDeviceTypeId = typeId;
        var job = new SigfoxJob { Kind = SigfoxJobKind.Transfer, SigfoxGroupId = group.Id, DeviceTypeId = typeId, DeviceTypeName = type.Text("name"), Total = 1 };
        job.Items.Add(new SigfoxJobItem { Number = 1, DeviceId = device.Id, SigfoxId = device.SigfoxId });
        db.SigfoxJobs.Add(job);
    }

    private async Task RegisterAsync(SigfoxDevice device, SigfoxGroup group, SigfoxSettings settings, CancellationToken ct)
    {
        var login = access.LoginOf(group);
        var typeId = SigfoxSettings.Text(settings.DeviceTypeId)!.ToLowerInvariant();
        var type = await sigfox.FindDeviceTypeAsync(login, typeId, ct)
            ?? throw Refusal.Device($"SigFox has no device type {typeId} in this group.");
        Remember(device, settings);
        await sigfox.CreateDeviceAsync(
            login,
            new SigfoxNewDevice
            {
                Id = device.SigfoxId,
                Name = device.Name,
                Pac = SigfoxSettings.Text(settings.Pac)!,
                DeviceTypeId = typeId,
                ProductCertificate = device.Prototype ? null : device.EndProductCertificate,
                Latitude = device.Latitude,
                Longitude = device.Longitude,
            },
            ct);
        device.SigfoxDeviceTypeId = typeId;
        device.SigfoxDeviceTypeName = type.Text("name");
        (device.Registration, device.RegistrationError) = (null, null);
    }

    private static bool IsType(string? typeId, SigfoxSettings? settings) =>
        settings is null
        || SigfoxSettings.Text(settings.DeviceTypeId) is not { } asked
        || string.Equals(asked, typeId, StringComparison.OrdinalIgnoreCase);

    private void Remember(SigfoxDevice device, SigfoxSettings settings)
    {
        RememberPac(device, SigfoxSettings.Text(settings.Pac));
        device.EndProductCertificate = SigfoxSettings.Text(settings.EndProductCertificate) ?? device.EndProductCertificate;
        device.Prototype = settings.Prototype ?? device.Prototype;
    }

    // The same text encrypts to another one each time, which would look like a change.
    private void RememberPac(SigfoxDevice device, string? pac)
    {
        if (pac is not null && (device.PacCiphertext is null || protector.Unprotect(device.PacCiphertext) != pac))
        {
            device.PacCiphertext = protector.Protect(pac);
        }
    }

    private static async Task AskAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (SigfoxException exception)
        {
            throw exception.ToDeviceRefusal();
        }
    }
}

/// <summary>A device as Sigfox and people know it.</summary>
internal sealed class SigfoxSettingsResponse
{
    public required string DeviceId { get; init; }

    public string? DeviceTypeId { get; init; }

    public string? DeviceTypeName { get; init; }

    /// <summary>Of our group, not Sigfox's.</summary>
    public int GroupId { get; init; }

    public string? GroupName { get; init; }

    public bool ConnectToExistingDeviceInBackend { get; } = true;

    /// <summary>For those who may change the device.</summary>
    public string? Pac { get; init; }

    public string? EndProductCertificate { get; init; }

    public bool Prototype { get; init; }
}
