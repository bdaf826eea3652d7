using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.OpenDataDk;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.OpenDataDk;

/// <summary>What organizations share, and where it is found.</summary>
internal sealed class SharedDatasets(AppDbContext db, IHttpContextAccessor http, IOptions<OpenDataDkOptions> options)
{
    public const string Path = "open-data-dk-sharing";

    /// <summary>Datasets of one organization in one catalogue.</summary>
    private const int MaxDatasets = 1_000;

    private static readonly List<string> PublishedTypes = [.. DataTargetTypes.All.Where(t => t.IsPublished).Select(t => t.Name)];

    /// <summary>An organization's name and datasets; null where there is no such organization.</summary>
    public async Task<SharedCatalogue?> FindAsync(int organizationId, CancellationToken ct)
    {
        var name = await db.Organizations.Where(o => o.Id == organizationId).Select(o => o.Name).SingleOrDefaultAsync(ct);
        if (name is null)
        {
            return null;
        }

        var datasets = await Shared(organizationId).OrderBy(t => t.OpenDataDkDataset!.Id).Take(MaxDatasets)
            .Select(t => t.OpenDataDkDataset!).ToListAsync(ct);
        var address = $"{PublicUrl()}/{EndpointsExtensions.RoutePrefix}/{Path}/{organizationId}";
        return new SharedCatalogue(new Uri(address), name, [.. datasets.Select(d => new SharedDataset(d, new Uri($"{address}/data/{d.Id}")))]);
    }

    /// <summary>The target whose data is shared under that id; null where none is.</summary>
    public Task<int?> FindTargetAsync(int organizationId, int shareId, CancellationToken ct) =>
        Shared(organizationId).Where(t => t.OpenDataDkDataset!.Id == shareId).Select(t => (int?)t.Id).SingleOrDefaultAsync(ct);

    // An application may have been marked as holding personal data after its data was shared: then somebody must confirm first.
    private IQueryable<DataTarget> Shared(int organizationId) => db.DataTargets.AsNoTracking().Where(t =>
        PublishedTypes.Contains(t.Type)
        && t.Application!.OrganizationId == organizationId
        && t.OpenDataDkDataset != null
        && (t.Application.PersonalData != true || t.OpenDataDkDataset.PersonalDataConfirmed));

    private string PublicUrl()
    {
        var request = http.HttpContext!.Request;
        return options.Value.PublicUrl?.ToString().TrimEnd('/') ?? $"{request.Scheme}://{request.Host}";
    }
}

/// <param name="Address">Of the catalogue.</param>
/// <param name="Organization">Its name.</param>
/// <param name="Datasets">What it shares.</param>
internal sealed record SharedCatalogue(Uri Address, string Organization, IReadOnlyList<SharedDataset> Datasets);

/// <param name="Terms">How it is announced.</param>
/// <param name="Data">Where its data is.</param>
internal sealed record SharedDataset(OpenDataDkDataset Terms, Uri Data);
