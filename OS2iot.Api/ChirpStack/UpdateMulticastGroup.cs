using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.ChirpStack;

/// <summary>Changes a multicast group; may move it, with other devices, to another application that the caller may change.</summary>
internal sealed class UpdateMulticastGroup(AppDbContext db, Caller caller, MulticastReader reader, SecretProtector protector, ChirpStackSaves saves)
    : Endpoint<UpdateMulticastRequest, MulticastDetails>
{
    public override void Configure()
    {
        Put("multicast/{id}");
        Policies(Role.Read);
    }

    public override async Task<MulticastDetails> ExecuteAsync(UpdateMulticastRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var group = await db.MulticastGroups.WritableBy(caller).AsSplitQuery().Include(g => g.LoRaWan).Include(g => g.Devices)
            .OrderBy(g => g.Id).SingleOrDefaultAsync(g => g.Id == id, ct) ?? throw await reader.MissingAsync(id, ct);
        if (request.ApplicationId is { } applicationId && applicationId != group.ApplicationId)
        {
            await db.Applications.CheckGroupsWritableAsync(applicationId, caller, ct);
            group.ApplicationId = applicationId;
        }

        var members = await db.FindMembersAsync(
            group.ApplicationId, request.Devices ?? [.. group.Devices.Select(d => new DeviceReference(d.Id))], ErrorCodes.DifferentApplications, ct);
        group.Devices.RemoveAll(d => !members.Contains(d));
        group.Devices.AddRange(members.Except(group.Devices).ToList());
        request.ApplyTo(group, group.LoRaWan!, protector);
        await saves.SaveAsync(Refusal.BadRequest, ct);
        return await reader.FindAsync(id, ct) ?? throw Refusal.NotFound();
    }
}
