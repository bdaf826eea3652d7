using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>The devices of a job at Sigfox: those for which it failed first, then in their order. Names of those that the caller may see.</summary>
internal sealed class ListSigfoxJobDevices(AppDbContext db, Caller caller, SigfoxAccess access)
    : Endpoint<ListQuery, ListResponse<SigfoxJobDeviceResponse>>
{
    public override void Configure()
    {
        Get("sigfox-job/{id}/devices");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<SigfoxJobDeviceResponse>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var job = await access.ReadableJobAsync(HttpContext.RouteId(), ct);
        var items = db.Set<SigfoxJobItem>().AsNoTracking().Where(i => i.SigfoxJobId == job.Id);
        var visible = db.Devices.VisibleTo(caller);
        var page = await items.OrderByDescending(i => i.State == SigfoxItemState.Failed).ThenBy(i => i.Number).Skip(list.Offset).Take(list.Limit)
            .Select(i => new { Item = i, Name = visible.Where(d => d.Id == i.DeviceId).Select(d => d.Name).FirstOrDefault() })
            .ToListAsync(ct);
        return new ListResponse<SigfoxJobDeviceResponse>(
            [.. page.Select(p => new SigfoxJobDeviceResponse(
                p.Name is null ? null : p.Item.DeviceId, p.Name, p.Item.SigfoxId, JsonNamingPolicy.CamelCase.ConvertName(p.Item.State.ToString()), p.Item.Error))],
            await items.CountAsync(ct));
    }
}
