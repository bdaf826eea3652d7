using FastEndpoints;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

internal sealed class RegisterSigfoxDevicesRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["groupId"] = Is.Id(),
        ["applicationId"] = Is.Id(),
        ["deviceTypeId"] = SigfoxSettings.Hex(SigfoxSettings.DeviceTypeIdMaxLength),
        ["devices"] = Is.ArrayOf(NewSigfoxDeviceRequest.Shape).OfSize(1, DeviceRows.Max),
    };

    /// <summary>Of our group, not Sigfox's.</summary>
    public int GroupId { get; init; }

    /// <summary>Where the devices go.</summary>
    public int ApplicationId { get; init; }

    /// <summary>At Sigfox.</summary>
    public string DeviceTypeId { get; init; } = "";

    public IReadOnlyList<NewSigfoxDeviceRequest> Devices { get; init; } = [];
}

/// <summary>A device that Sigfox does not have yet.</summary>
internal sealed class NewSigfoxDeviceRequest
{
    public static Shape Shape { get; } = new()
    {
        ["deviceId"] = SigfoxSettings.Hex(SigfoxSettings.DeviceIdMaxLength),
        ["name"] = Is.Text().Length(1, Device.NameMaxLength),
        ["pac"] = SigfoxSettings.Hex(SigfoxSettings.PacMaxLength),
        ["endProductCertificate"] = Is.Text().AtMost(SigfoxSettings.CertificateMaxLength).Optional(),
        ["prototype"] = Is.Boolean().Optional(),
        ["longitude"] = Is.Number().AtLeast(-180).NotAbove(180).Optional(),
        ["latitude"] = Is.Number().AtLeast(-90).NotAbove(90).Optional(),
        ["comment"] = Is.Text().AtMost(Device.CommentMaxLength).Optional(),
    };

    /// <summary>At Sigfox: up to 8 hex digits.</summary>
    public string DeviceId { get; init; } = "";

    public string Name { get; init; } = "";

    public string Pac { get; init; } = "";

    /// <summary>Of anything but a prototype.</summary>
    public string? EndProductCertificate { get; init; }

    public bool? Prototype { get; init; }

    public double? Longitude { get; init; }

    public double? Latitude { get; init; }

    public string? Comment { get; init; }
}

/// <summary>
/// Adds up to 1,000 devices here and lets them be registered at Sigfox one after the other, as fast as Sigfox allows. The answer is the
/// job, which goes on after it. Sent again, it takes up those that Sigfox does not have yet, with what they say now.
/// </summary>
[RequestSizeLimit(DeviceRows.MaxBytes)]
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class RegisterSigfoxDevices(AppDbContext db, Caller caller, SigfoxAccess access, SecretProtector protector)
    : Endpoint<RegisterSigfoxDevicesRequest, SigfoxJobResponse>
{
    private const int MostNamed = 10;

    public override void Configure()
    {
        Post("sigfox-job/register-devices");
        Policies(Role.Read);
    }

    public override async Task<SigfoxJobResponse> ExecuteAsync(RegisterSigfoxDevicesRequest request, CancellationToken ct)
    {
        var organization = await db.Applications.CheckWritableAsync(request.ApplicationId, caller, ct);
        var group = await db.SigfoxGroups.SingleOrDefaultAsync(g => g.Id == request.GroupId && g.OrganizationId == organization, ct)
            ?? throw Refusal.BadRequest(ErrorCodes.IdDoesNotExist);
        Check(request.Devices);
        var type = await access.DeviceTypeAsync(group, request.DeviceTypeId, ct);
        var known = await KnownAsync(request, group, ct);
        var job = new SigfoxJob { Kind = SigfoxJobKind.Register, SigfoxGroupId = group.Id, DeviceTypeId = type.Id, Total = request.Devices.Count };
        foreach (var (index, row) in request.Devices.Index())
        {
            var device = known.GetValueOrDefault(row.DeviceId.ToUpperInvariant()) ?? Add(row, group);
            var isThere = device.Id != 0 && device.Registration is null;
            if (!isThere)
            {
                Apply(row, device, request.ApplicationId, type);
            }

            job.Succeeded += isThere ? 1 : 0;
            job.Items.Add(new SigfoxJobItem
            {
                Number = index + 1,
                Device = device,
                SigfoxId = device.SigfoxId,
                State = isThere ? SigfoxItemState.Done : SigfoxItemState.Waiting,
            });
        }

        db.SigfoxJobs.Add(job);
        await SaveAsync(ct);
        return new SigfoxJobResponse(job);
    }

    private static void Check(IReadOnlyList<NewSigfoxDeviceRequest> devices)
    {
        var twice = devices.GroupBy(d => d.DeviceId.ToUpperInvariant()).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (twice.Count > 0)
        {
            throw Refusal.BadRequest($"These devices are there more than once: {Named(twice)}");
        }

        var without = devices.Where(d => d.Prototype != true && string.IsNullOrEmpty(d.EndProductCertificate)).Select(d => d.DeviceId).ToList();
        if (without.Count > 0)
        {
            throw Refusal.BadRequest($"These devices need an endProductCertificate, or must be a prototype: {Named(without)}");
        }
    }

    /// <exception cref="Refusal">Some are elsewhere.</exception>
    private async Task<Dictionary<string, SigfoxDevice>> KnownAsync(RegisterSigfoxDevicesRequest request, SigfoxGroup group, CancellationToken ct)
    {
        var ids = request.Devices.Select(d => d.DeviceId.ToUpperInvariant()).ToList();
        var known = await db.SigfoxDevices.Where(d => ids.Contains(d.SigfoxId)).ToDictionaryAsync(d => d.SigfoxId, ct);
        var elsewhere = known.Values.Where(d => d.ApplicationId != request.ApplicationId || d.SigfoxGroupId != group.Id).Select(d => d.SigfoxId).ToList();
        return elsewhere.Count == 0 ? known : throw Refusal.BadRequest($"{ErrorCodes.IdInvalidOrAlreadyInUse}: {Named(elsewhere)}");
    }

    private SigfoxDevice Add(NewSigfoxDeviceRequest row, SigfoxGroup group)
    {
        var device = new SigfoxDevice { Name = row.Name, SigfoxId = row.DeviceId.ToUpperInvariant(), SigfoxGroup = group };
        db.Devices.Add(device);
        return device;
    }

    private void Apply(NewSigfoxDeviceRequest row, SigfoxDevice device, int applicationId, (string Id, string? Name) type)
    {
        var hasPlace = row.Longitude is not null && row.Latitude is not null;
        (device.Name, device.ApplicationId, device.Comment) = (row.Name, applicationId, row.Comment ?? device.Comment);
        (device.Longitude, device.Latitude) = hasPlace ? (row.Longitude, row.Latitude) : (null, null);
        (device.SigfoxDeviceTypeId, device.SigfoxDeviceTypeName) = type;
        device.PacCiphertext = protector.Protect(row.Pac, device.PacCiphertext);
        (device.EndProductCertificate, device.Prototype) = (row.EndProductCertificate, row.Prototype ?? false);
        (device.Registration, device.RegistrationError) = (SigfoxRegistration.Pending, null);
    }

    private async Task SaveAsync(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsRefusal())
        {
            // Somebody else added one of them, or removed the application.
            throw Refusal.BadRequest(exception.WhyNotSaved());
        }
    }

    private static string Named(List<string> ids) => string.Join(", ", ids.Take(MostNamed)) + (ids.Count > MostNamed ? ", …" : "");
}
