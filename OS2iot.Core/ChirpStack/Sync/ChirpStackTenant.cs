using Microsoft.Extensions.Options;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>The tenant at ChirpStack that everything of ours belongs to. Found by its name, and made where there is none.</summary>
internal sealed class ChirpStackTenant(ChirpStackClient client, IOptions<ChirpStackOptions> options, TimeProvider clock)
{
    /// <summary>Somebody may have removed it.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string? _id;
    private long _foundAt;

    /// <exception cref="ChirpStackException">It could not be found out.</exception>
    public async Task<string> IdAsync(AppDbContext db, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_id is not null && clock.GetElapsedTime(_foundAt) < Lasts)
            {
                return _id;
            }
        }

        var id = await FindAsync(ct) ?? await CreateAsync(db, ct);
        lock (_lock)
        {
            (_id, _foundAt) = (id, clock.GetTimestamp());
        }

        return id;
    }

    private async Task<string?> FindAsync(CancellationToken ct) =>
        (await client.Tenants.ListAsync(options.Value.TenantName, ct))
            .Where(t => string.Equals(t.Name, options.Value.TenantName, StringComparison.OrdinalIgnoreCase))
            .OrderBy(t => t.CreatedAt).Select(t => t.Id).FirstOrDefault();

    // One at a time: names there are not unique.
    private async Task<string> CreateAsync(AppDbContext db, CancellationToken ct)
    {
        await db.LockSyncedAsync(ChirpStackChanges.System, [new SyncedKey("tenant", options.Value.TenantName)], ct);
        return await FindAsync(ct) ?? await client.Tenants.CreateAsync(
            new Tenant
            {
                Name = options.Value.TenantName,
                Description = ChirpStackTags.Description,
                CanHaveGateways = true,
            },
            ct);
    }
}
