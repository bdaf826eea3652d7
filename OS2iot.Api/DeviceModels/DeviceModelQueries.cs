using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DeviceModels;

internal static class DeviceModelQueries
{
    /// <summary>Why a caller did not get a model: it is not there, or not for them.</summary>
    public static async Task<Refusal> MissingAsync(this IQueryable<DeviceModel> models, int id, CancellationToken ct) =>
        await models.AnyAsync(m => m.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound();

    /// <summary>Which of the models a caller may give to devices, and of which organization they are. One command.</summary>
    public static async Task<KnownDeviceModels> KnownAsync(
        this IQueryable<DeviceModel> models, IEnumerable<int?> ids, Caller caller, CancellationToken ct)
    {
        var wanted = ids.OfType<int>().Distinct().ToList();
        return new KnownDeviceModels(wanted.Count == 0
            ? []
            : await models.VisibleTo(caller).Where(m => wanted.Contains(m.Id)).ToDictionaryAsync(m => m.Id, m => m.OrganizationId, ct));
    }
}

/// <summary>Models by id, with their organization.</summary>
internal sealed class KnownDeviceModels(Dictionary<int, int> organizations)
{
    /// <summary>
    /// Why a device of the organization can't be of the model; null where it can. A model that the caller may not read is not there,
    /// so that nobody learns which ids others use.
    /// </summary>
    public string? WhyNot(int? modelId, int organizationId) =>
        modelId is not { } id ? null
        : !organizations.TryGetValue(id, out var owner) ? ErrorCodes.DeviceModelDoesNotExist
        : owner != organizationId ? ErrorCodes.DeviceModelOrganizationDoesNotMatch
        : null;
}
