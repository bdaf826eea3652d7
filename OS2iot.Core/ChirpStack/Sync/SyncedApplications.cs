using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>Applications. One is made there when its first LoRaWAN device or group is.</summary>
internal sealed class SyncedApplications(ChirpStackClient client, ChirpStackTenant tenant)
{
    private const string NamePrefix = "os2iot-";

    public async Task ApplyAsync(AppDbContext db, string key, string? idThere, CancellationToken ct)
    {
        var id = int.Parse(key, CultureInfo.InvariantCulture);
        var row = await FindAsync(db, id, ct);
        if (row is null)
        {
            await RemoveAsync(idThere, ct);
        }
        else if (row.ChirpStackId is { } there)
        {
            await UpdateAsync(db, row, there, ct);
        }
    }

    /// <summary>The id there of an application of ours.</summary>
    /// <exception cref="ChirpStackException">It was not made.</exception>
    public async Task<string> EnsureAsync(AppDbContext db, int id, CancellationToken ct)
    {
        var row = await FindAsync(db, id, ct) ?? throw new ChirpStackException(ChirpStackFailure.NotFound, "The application is gone.");
        return row.ChirpStackId ?? await CreateAsync(db, row, ct);
    }

    public async Task CompareAsync(AppDbContext db, SyncDrift drift, CancellationToken ct)
    {
        var there = (await client.Applications.ListAsync(await tenant.IdAsync(db, ct), ct)).ToDictionary(a => a.Id);
        var ours = await Rows(db).Where(r => r.ChirpStackId != null).ToListAsync(ct);
        foreach (var row in ours)
        {
            if (!there.Remove(row.ChirpStackId!, out var found))
            {
                drift.Missing.Add(KeyOf(row.Id));
            }
            else if (found.Name != NameOf(row) || found.Description != DescriptionOf(row))
            {
                drift.Different.Add(KeyOf(row.Id));
            }
        }

        foreach (var other in there.Values.Where(a => a.Name.StartsWith(NamePrefix, StringComparison.Ordinal)))
        {
            if (await OurIdOfAsync(other.Id, ct) is { } id && !await db.Applications.AnyAsync(a => a.Id == id, ct))
            {
                drift.Extra.Add(KeyOf(id));
            }
        }
    }

    private static SyncedKey KeyOf(int id) => new(ChirpStackChanges.Application, id.ToString(CultureInfo.InvariantCulture));

    private static IQueryable<Row> Rows(AppDbContext db) => db.Applications.Select(
        a => new Row { Id = a.Id, Name = a.Name, Description = a.Description, OrganizationId = a.OrganizationId, ChirpStackId = a.ChirpStackId });

    private static Task<Row?> FindAsync(AppDbContext db, int id, CancellationToken ct) => Rows(db).SingleOrDefaultAsync(a => a.Id == id, ct);

    private static string NameOf(Row row) => NamePrefix + row.Name;

    private static string DescriptionOf(Row row) => row.Description is { Length: > 0 } text ? text : ChirpStackTags.Description;

    private async Task<int?> OurIdOfAsync(string idThere, CancellationToken ct) =>
        (await client.Applications.GetAsync(idThere, ct)).Tags.TryGetValue(ChirpStackTags.Id, out var text)
            && int.TryParse(text, CultureInfo.InvariantCulture, out var id) ? id : null;

    private async Task UpdateAsync(AppDbContext db, Row row, string there, CancellationToken ct)
    {
        Protos.Application known;
        try
        {
            known = await client.Applications.GetAsync(there, ct);
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            // Somebody removed it there, with its devices.
            await CreateAsync(db, row, ct);
            return;
        }

        var wanted = known.Clone();
        Fill(wanted, row);
        if (!wanted.Equals(known))
        {
            await client.Applications.UpdateAsync(wanted, ct);
        }
    }

    private async Task<string> CreateAsync(AppDbContext db, Row row, CancellationToken ct)
    {
        await db.LockSyncedAsync(ChirpStackChanges.System, [KeyOf(row.Id)], ct);
        var tenantId = await tenant.IdAsync(db, ct);
        var there = await FindMadeAsync(tenantId, row, ct);
        if (there is null)
        {
            var application = new Protos.Application { TenantId = tenantId };
            Fill(application, row);
            there = await client.Applications.CreateAsync(application, ct);
        }

        await db.Applications.Where(a => a.Id == row.Id).ExecuteUpdateAsync(s => s.SetProperty(a => a.ChirpStackId, there), ct);
        return there;
    }

    /// <summary>One that was made by us without our keeping its id, say because the process ended between.</summary>
    private async Task<string?> FindMadeAsync(string tenantId, Row row, CancellationToken ct)
    {
        foreach (var candidate in (await client.Applications.ListAsync(tenantId, ct)).Where(a => a.Name == NameOf(row)))
        {
            if (await OurIdOfAsync(candidate.Id, ct) == row.Id)
            {
                return candidate.Id;
            }
        }

        return null;
    }

    private async Task RemoveAsync(string? idThere, CancellationToken ct)
    {
        try
        {
            if (idThere is not null)
            {
                await client.Applications.DeleteAsync(idThere, ct);
            }
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            // Somebody else did.
        }
    }

    private static void Fill(Protos.Application application, Row row)
    {
        (application.Name, application.Description) = (NameOf(row), DescriptionOf(row));
        ChirpStackTags.Set(application.Tags, row.Id.ToString(CultureInfo.InvariantCulture), row.OrganizationId);
    }

    private sealed class Row
    {
        public int Id { get; init; }

        public required string Name { get; init; }

        public string? Description { get; init; }

        public int OrganizationId { get; init; }

        public string? ChirpStackId { get; init; }
    }
}
