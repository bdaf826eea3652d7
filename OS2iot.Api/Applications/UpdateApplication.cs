using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

/// <summary>Changes an application, its permissions included; may move it to another organization of the caller's.</summary>
internal sealed class UpdateApplication(AppDbContext db, Caller caller, ApplicationReader reader, ChirpStackSaves saves)
    : Endpoint<ApplicationRequest, ApplicationDetails>
{
    public override void Configure()
    {
        Put("application/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<ApplicationDetails> ExecuteAsync(ApplicationRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.LockAsync<Application>(id, ct);
        var application = await db.Applications.WritableBy(caller).AsSplitQuery()
            .Include(a => a.ControlledProperties).Include(a => a.DeviceTypes).Include(a => a.ContactPersons).Include(a => a.Permissions)
            .OrderBy(a => a.Id).SingleOrDefaultAsync(a => a.Id == id, ct) ?? throw Missing();
        if (application.OrganizationId != request.OrganizationId)
        {
            await CheckNewOrganizationAsync(id, request.OrganizationId, ct);
            await MoveTopicsAsync(id, request.OrganizationId, ct);
        }

        request.ApplyTo(application);
        var asked = request.PermissionIds ?? [];
        var permissions = await db.Permissions.Where(p => p.OrganizationId == request.OrganizationId && asked.Contains(p.Id)).ToListAsync(ct);
        application.Permissions.RemoveAll(p => !permissions.Contains(p));
        application.Permissions.AddRange(permissions.Except(application.Permissions).ToList());
        try
        {
            await saves.SaveAsync(Refusal.BadRequest, ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.NameInvalidOrAlreadyInUse);
        }

        return await reader.FindAsync(id, ct) ?? throw Refusal.NotFound();
    }

    private async Task CheckNewOrganizationAsync(int id, int organizationId, CancellationToken ct)
    {
        if (!caller.WritesOrganization(organizationId))
        {
            throw Refusal.Forbidden();
        }

        if (!await db.Organizations.AnyAsync(o => o.Id == organizationId, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        }

        if (await db.LoRaWanDevices.AnyAsync(d => d.ApplicationId == id && d.DeviceProfile!.OrganizationId != organizationId, ct))
        {
            throw Refusal.BadRequest("The application has LoRaWAN devices, whose device profiles would stay with its organization");
        }
    }

    // The organization is part of the topic at our broker.
    private async Task MoveTopicsAsync(int id, int organizationId, CancellationToken ct)
    {
        foreach (var device in await db.Devices.OfType<MqttInternalBrokerDevice>().Where(d => d.ApplicationId == id).ToListAsync(ct))
        {
            device.TopicName = MqttTopic.Of(organizationId, id, device.Id);
        }
    }

    private Refusal Missing() => caller.IsGlobalAdmin ? Refusal.NotFound() : Refusal.Forbidden();
}
