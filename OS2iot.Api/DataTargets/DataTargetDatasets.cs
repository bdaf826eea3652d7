using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Api.OpenDataDk;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

/// <summary>Says of a target's data whether the public may have it.</summary>
internal sealed class DataTargetDatasets(AppDbContext db)
{
    /// <summary>Shares the target as the request says; without a dataset it is not shared, or no longer.</summary>
    /// <exception cref="Refusal">It may not be shared, or not without a confirmation.</exception>
    public async Task ApplyAsync(DatasetRequest? request, DataTarget target, CancellationToken ct)
    {
        if (request is null)
        {
            target.OpenDataDkDataset = null;
            return;
        }

        // What is pushed to somebody in confidence must not become public by a field of its form.
        if (DataTargetTypes.Find(target.Type) is not { IsPublished: true })
        {
            throw Refusal.BadRequest("Only data targets of the type OPENDATADK can have an openDataDkDataset");
        }

        var dataset = request.ApplyTo(target.OpenDataDkDataset);
        if (!dataset.PersonalDataConfirmed && await db.Applications.AnyAsync(a => a.Id == target.ApplicationId && a.PersonalData == true, ct))
        {
            throw Refusal.BadRequest(
                "The application is marked as holding personal data. To share its data all the same, send confirmPersonalData: true in openDataDkDataset");
        }

        target.OpenDataDkDataset = dataset;
    }
}
