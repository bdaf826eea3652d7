using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Tests.Sync;

/// <summary>An outside system that follows our organizations: by id, with their names.</summary>
internal sealed class FakeSystem(bool ordered = true) : SyncedSystem
{
    public const string Kind = "organization";

    /// <summary>What it has.</summary>
    public ConcurrentDictionary<string, string> Things { get; } = new();

    /// <summary>What was applied, in order, with the value it got.</summary>
    public ConcurrentQueue<string> Applied { get; } = new();

    public bool IsAway { get; set; }

    /// <summary>Names that it won't have.</summary>
    public string? Refuses { get; set; }

    /// <summary>Names that it stumbles over.</summary>
    public string? StumblesOver { get; set; }

    public override string Name => "fake";

    public override bool IsOrdered => ordered;

    public override async Task<SyncResult> ApplyAsync(AppDbContext db, SyncChange change, CancellationToken ct)
    {
        if (IsAway)
        {
            return SyncResult.Unreachable("It is away.");
        }

        var id = int.Parse(change.Key, System.Globalization.CultureInfo.InvariantCulture);
        var name = await db.Organizations.Where(o => o.Id == id).Select(o => o.Name).SingleOrDefaultAsync(ct);
        if (name is not null && name == StumblesOver)
        {
            throw new JsonException("It stumbled.");
        }

        if (name is not null && name == Refuses)
        {
            return SyncResult.Refused("It won't have that name.");
        }

        Applied.Enqueue($"{change.Key} {name ?? "gone"}");
        if (name is null)
        {
            Things.TryRemove(change.Key, out _);
        }
        else
        {
            Things[change.Key] = name;
        }

        return SyncResult.Applied;
    }

    public override async Task<SyncDrift> CompareAsync(AppDbContext db, CancellationToken ct)
    {
        if (IsAway)
        {
            throw new HttpRequestException("It is away.");
        }

        var drift = new SyncDrift();
        var ours = await db.Organizations.ToDictionaryAsync(o => $"{o.Id}", o => o.Name, ct);
        drift.Missing.AddRange(ours.Keys.Except(Things.Keys).Select(k => new SyncedKey(Kind, k)));
        drift.Extra.AddRange(Things.Keys.Except(ours.Keys).Select(k => new SyncedKey(Kind, k)));
        drift.Different.AddRange(ours.Where(o => Things.TryGetValue(o.Key, out var name) && name != o.Value).Select(o => new SyncedKey(Kind, o.Key)));
        return drift;
    }

    public void Reconcile() => AskForReconcile();
}
