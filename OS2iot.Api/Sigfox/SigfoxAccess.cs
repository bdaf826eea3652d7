using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>An organization's groups, and Sigfox as seen by them.</summary>
internal sealed class SigfoxAccess(AppDbContext db, Caller caller, SigfoxLogins logins, SigfoxClient sigfox)
{
    /// <summary>A list of groups does not wait longer for Sigfox than people wait for a list.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="Refusal">There is none, or not for this caller.</exception>
    public async Task<SigfoxGroup> ReadableGroupAsync(int id, CancellationToken ct) =>
        await db.SigfoxGroups.VisibleTo(caller).Include(g => g.Organization).SingleOrDefaultAsync(g => g.Id == id, ct)
        ?? throw await MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);

    /// <exception cref="Refusal">There is none, or not for this caller.</exception>
    public async Task<SigfoxGroup> WritableGroupAsync(int id, string? notFound, CancellationToken ct) =>
        await db.SigfoxGroups.WritableBy(caller).Include(g => g.Organization).SingleOrDefaultAsync(g => g.Id == id, ct)
        ?? throw await MissingAsync(id, notFound, ct);

    /// <summary>Asks Sigfox by the group's login; the call is also given the group's id there.</summary>
    /// <exception cref="Refusal">Sigfox did not do it.</exception>
    public async Task<T> AskAsync<T>(SigfoxGroup group, Func<SigfoxClient, SigfoxLogin, string, Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call(sigfox, LoginOf(group), await GroupIdAsync(group, ct));
        }
        catch (SigfoxException exception)
        {
            throw exception.ToRefusal();
        }
    }

    /// <exception cref="Refusal">There is none, or not for this caller.</exception>
    public async Task<SigfoxJob> ReadableJobAsync(int id, CancellationToken ct)
    {
        var visible = db.SigfoxGroups.VisibleTo(caller).Select(g => g.Id);
        return await db.SigfoxJobs.AsNoTracking().SingleOrDefaultAsync(j => j.Id == id && visible.Contains(j.SigfoxGroupId), ct)
            ?? throw (await db.SigfoxJobs.AnyAsync(j => j.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound());
    }

    /// <summary>A device type, which must be there. What is found out of the group is saved.</summary>
    /// <exception cref="Refusal">There is none, or Sigfox did not say.</exception>
    public async Task<(string Id, string? Name)> DeviceTypeAsync(SigfoxGroup group, string id, CancellationToken ct)
    {
        var found = await AskAsync(group, (client, login, _) => client.FindDeviceTypeAsync(login, id, ct), ct)
            ?? throw Refusal.BadRequest($"SigFox has no device type {id} in this group.");
        await db.SaveChangesAsync(ct);
        return (id.ToLowerInvariant(), found.Text("name"));
    }

    /// <exception cref="SigfoxException">The stored password can't be read.</exception>
    public SigfoxLogin LoginOf(SigfoxGroup group) => logins.Of(group);

    /// <summary>The group as Sigfox has it; what is found out is remembered in our group, which the caller saves.</summary>
    /// <exception cref="SigfoxException">Sigfox did not say.</exception>
    private async Task<JsonElement> FindGroupAsync(SigfoxGroup group, SigfoxLogin login, CancellationToken ct)
    {
        var groups = await sigfox.ListGroupsAsync(login, ct);
        var known = groups.Where(g => string.Equals(g.Text("id"), group.SigfoxGroupId, StringComparison.OrdinalIgnoreCase));
        if (known.Concat(groups).Select(g => (JsonElement?)g).FirstOrDefault() is not { } found
            || found.Text("id") is not { Length: > 0 } id)
        {
            throw new SigfoxException(SigfoxFailure.BadLogin, "This SigFox user has no group.");
        }

        (group.SigfoxGroupId, group.SigfoxGroupName) = (id, found.Text("name"));
        return found;
    }

    /// <summary>The group as Sigfox has it, by a login that is to become the group's.</summary>
    /// <exception cref="Refusal">Sigfox did not say.</exception>
    public async Task<JsonElement> TryLoginAsync(SigfoxGroup group, SigfoxLogin login, CancellationToken ct)
    {
        try
        {
            return await FindGroupAsync(group, login, ct);
        }
        catch (SigfoxException exception)
        {
            throw exception.ToRefusal();
        }
    }

    /// <summary>The group's id at Sigfox, asked for where it is not known yet.</summary>
    /// <exception cref="SigfoxException">Sigfox did not say.</exception>
    public async Task<string> GroupIdAsync(SigfoxGroup group, CancellationToken ct)
    {
        if (group.SigfoxGroupId.Length == 0)
        {
            await FindGroupAsync(group, LoginOf(group), ct);
        }

        return group.SigfoxGroupId;
    }

    /// <summary>The groups as Sigfox has them, null where it does not say. Never fails because of Sigfox.</summary>
    public async Task<Dictionary<int, JsonElement?>> TryFindGroupsAsync(IReadOnlyCollection<SigfoxGroup> groups, CancellationToken ct)
    {
        var isNew = groups.Any(g => g.SigfoxGroupId.Length == 0);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        var asked = groups.Select(async group =>
        {
            try
            {
                return (group.Id, Found: (JsonElement?)await FindGroupAsync(group, LoginOf(group), patience.Token));
            }
            catch (Exception exception) when (
                exception is SigfoxException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return (group.Id, Found: null);
            }
        });
        var found = (await Task.WhenAll(asked)).ToDictionary(a => a.Id, a => a.Found);
        if (isNew && !ct.IsCancellationRequested)
        {
            await db.SaveChangesAsync(ct);
        }

        return found;
    }

    private async Task<Refusal> MissingAsync(int id, string? notFound, CancellationToken ct) =>
        await db.SigfoxGroups.AnyAsync(g => g.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound(notFound);
}
