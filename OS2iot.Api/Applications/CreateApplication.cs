using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

/// <summary>Adds an application to an organization, and to the permissions that take new applications by themselves.</summary>
internal sealed class CreateApplication(AppDbContext db, Caller caller, ApplicationReader reader)
    : Endpoint<ApplicationRequest, ApplicationDetails>
{
    public override void Configure()
    {
        Post("application");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<ApplicationDetails> ExecuteAsync(ApplicationRequest request, CancellationToken ct)
    {
        if (!caller.WritesOrganization(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        if (!await db.Organizations.AnyAsync(o => o.Id == request.OrganizationId, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        }

        var application = new Application { Name = request.Name };
        request.ApplyTo(application);
        application.Permissions.AddRange(await PermissionsAsync(request, ct));
        db.Applications.Add(application);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.NameInvalidOrAlreadyInUse);
        }

        return await reader.FindAsync(application.Id, ct) ?? throw Refusal.NotFound();
    }

    private Task<List<Permission>> PermissionsAsync(ApplicationRequest request, CancellationToken ct)
    {
        var asked = request.PermissionIds ?? [];
        return db.Permissions
            .Where(p => p.OrganizationId == request.OrganizationId && (asked.Contains(p.Id) || (p.AutomaticallyAddNewApplications == true
                && p.Types.Any(t => t.Type == PermissionType.Read || t.Type == PermissionType.OrganizationApplicationAdmin))))
            .ToListAsync(ct);
    }
}
