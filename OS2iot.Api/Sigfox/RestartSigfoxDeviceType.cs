using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

internal sealed class RestartSigfoxDeviceTypeRequest : IBodyRequest
{
    private const int IdMaxLength = 24;

    public static Shape Shape { get; } = new() { ["groupId"] = Is.Id(), ["deviceTypeId"] = Is.Text().Length(1, IdMaxLength) };

    /// <summary>Of our group, not Sigfox's.</summary>
    public int GroupId { get; init; }

    /// <summary>At Sigfox.</summary>
    public string DeviceTypeId { get; init; } = "";
}

/// <summary>Restarts all devices of a device type at Sigfox, also those that are not here. The answer is the job, which goes on after it.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class RestartSigfoxDeviceType(AppDbContext db, SigfoxAccess access) : Endpoint<RestartSigfoxDeviceTypeRequest, SigfoxJobResponse>
{
    public override void Configure()
    {
        Post("sigfox-job/restart-device-type");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<SigfoxJobResponse> ExecuteAsync(RestartSigfoxDeviceTypeRequest request, CancellationToken ct)
    {
        var group = await access.WritableGroupAsync(request.GroupId, ErrorCodes.IdDoesNotExist, ct);
        await access.DeviceTypeAsync(group, request.DeviceTypeId, ct);
        var job = new SigfoxJob
        {
            Kind = SigfoxJobKind.RestartDeviceType,
            SigfoxGroupId = group.Id,
            DeviceTypeId = request.DeviceTypeId.ToLowerInvariant(),
        };
        db.SigfoxJobs.Add(job);
        await db.SaveChangesAsync(ct);
        return new SigfoxJobResponse(job);
    }
}
