using System.Globalization;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

internal sealed class ListDeviceProfilesQuery : ListQuery
{
    protected override int DefaultLimit => 50;
}

/// <summary>The LoRaWAN device profiles of the caller's organizations, by name.</summary>
internal sealed class ListDeviceProfiles(AppDbContext db, Caller caller) : Endpoint<ListDeviceProfilesQuery, DeviceProfileListResponse>
{
    public override void Configure()
    {
        Get("chirpstack/device-profiles");
        Policies(Role.Read);
    }

    public override async Task<DeviceProfileListResponse> ExecuteAsync(ListDeviceProfilesQuery list, CancellationToken ct)
    {
        var profiles = db.DeviceProfiles.AsNoTracking().VisibleTo(caller);
        var page = await profiles.OrderBy(p => p.Name).ThenBy(p => p.Id).Skip(list.Offset).Take(list.Limit)
            .Select(p => new DeviceProfileListItem(p.Id, p.Name, p.CreatedAt, p.UpdatedAt, p.OrganizationId, p.CreatedById, p.UpdatedById))
            .ToListAsync(ct);
        return new DeviceProfileListResponse((await profiles.CountAsync(ct)).ToString(CultureInfo.InvariantCulture), page);
    }
}
