using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace OS2iot.Core.Audit;

/// <summary>
/// What a save is about to change, as lines for the audit log. What goes is told before it goes, because its organization can't be
/// looked up afterwards; the rest is told after, when new rows have their ids.
/// </summary>
internal sealed class AuditChanges
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly AuditModel _model;
    private readonly List<RootChange> _roots = [];
    private readonly List<PartChange> _parts = [];

    private AuditChanges(AuditModel model) => _model = model;

    public bool IsEmpty => _roots.Count == 0 && _parts.Count == 0;

    /// <summary>Roots that go, and their keys.</summary>
    public IEnumerable<(AuditRoot Root, string Key)> Removed =>
        _roots.Where(r => r.State == EntityState.Deleted).Select(r => (r.Root, Text(r.Entry.Property(r.Root.Key.Name).OriginalValue)!));

    public static AuditChanges Of(DbContext db)
    {
        var model = AuditModel.Of(db.Model);
        var changes = new AuditChanges(model);
        foreach (var entry in db.ChangeTracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted))
            {
                continue;
            }

            if (model.Root(entry.Metadata) is { } root)
            {
                changes._roots.Add(new RootChange(root, entry, model.Members(entry.Metadata)));
            }
            else if (model.Part(entry.Metadata) is { } part)
            {
                changes._parts.Add(new PartChange(part, entry, model.Members(entry.Metadata)));
            }
            else
            {
                model.Check(entry.Metadata);
            }
        }

        return changes;
    }

    /// <summary>Lines about what goes. Asked before the save.</summary>
    public List<AuditRecord> Removals()
    {
        foreach (var part in _parts)
        {
            part.RememberBefore();
        }

        foreach (var root in _roots)
        {
            root.RememberBefore();
        }

        var records = new List<AuditRecord>();
        foreach (var root in _roots.Where(r => r.State == EntityState.Deleted))
        {
            var key = Text(root.Entry.Property(root.Root.Key.Name).OriginalValue);
            foreach (var part in _parts.Where(p => p.State == EntityState.Deleted && p.Part.Root == root.Root && Text(p.KeyBefore) == key))
            {
                part.AddTo(root.Before, root.After);
                part.IsTold = true;
            }

            records.Add(Record(root.Root, AuditActions.Delete, key, root.NameBefore, root.Before, after: null));
        }

        return records;
    }

    /// <summary>Lines about what came and what changed. Asked after the save.</summary>
    public List<AuditRecord> AdditionsAndUpdates()
    {
        var told = new Dictionary<(AuditRoot, string?), RootChange>();
        foreach (var root in _roots.Where(r => r.State != EntityState.Deleted))
        {
            root.RememberAfter();
            told[(root.Root, Text(root.Entry.Property(root.Root.Key.Name).CurrentValue))] = root;
        }

        var records = new List<AuditRecord>();
        foreach (var parts in _parts.Where(p => !p.IsTold).GroupBy(p => (p.Part.Root, Key: Text(p.Key))))
        {
            var owner = told.GetValueOrDefault(parts.Key);
            var (before, after) = (owner?.Before ?? [], owner?.After ?? []);
            foreach (var part in parts)
            {
                part.AddTo(before, after);
            }

            if (owner is null && (before.Count > 0 || after.Count > 0))
            {
                var name = NameOf(parts.Key.Root, parts.First().Entry, parts.Key.Key);
                records.Add(Record(parts.Key.Root, AuditActions.Update, parts.Key.Key, name, before, after));
            }
        }

        records.AddRange(told.Where(t => t.Value.State == EntityState.Added || t.Value.Before.Count > 0 || t.Value.After.Count > 0)
            .Select(t => t.Value.State == EntityState.Added
                ? Record(t.Value.Root, AuditActions.Create, t.Key.Item2, t.Value.Name, before: null, t.Value.After)
                : Record(t.Value.Root, AuditActions.Update, t.Key.Item2, t.Value.Name, t.Value.Before, t.Value.After) with
                {
                    FormerOwnerType = t.Value.FormerOwner?.Type,
                    FormerOwnerId = t.Value.FormerOwner?.Id,
                }));
        return records;
    }

    internal static string? Text(object? key) => Convert.ToString(key, CultureInfo.InvariantCulture);

    private static AuditRecord Record(AuditRoot root, string action, string? key, string? name, JsonObject? before, JsonObject? after) => new()
    {
        Action = action,
        Type = root.Type,
        OwnerType = root.Kind,
        EntityId = key,
        Name = name,
        Before = before?.ToJsonString(Json),
        After = after?.ToJsonString(Json),
    };

    // The root of a part that changed alone is as a rule loaded too.
    private static string? NameOf(AuditRoot root, EntityEntry part, string? key) => root.Name is not { } name
        ? null
        : part.Context.ChangeTracker.Entries()
            .Where(e => e.Metadata.GetRootType() == root.EntityType && Text(e.Property(root.Key.Name).CurrentValue) == key)
            .Select(e => e.Property(name.Name).CurrentValue as string).FirstOrDefault();

    private sealed class RootChange(AuditRoot root, EntityEntry entry, AuditMember[] members)
    {
        private readonly List<(AuditMember Member, object? Before)> _changed = [];

        public AuditRoot Root => root;

        public EntityEntry Entry => entry;

        /// <summary>As it was; a save makes an end of it.</summary>
        public EntityState State { get; } = entry.State;

        public JsonObject Before { get; } = [];

        public JsonObject After { get; } = [];

        public string? NameBefore => root.Name is null ? null : entry.Property(root.Name.Name).OriginalValue as string;

        public string? Name => root.Name is null ? null : entry.Property(root.Name.Name).CurrentValue as string;

        public (string Type, string? Id)? FormerOwner { get; private set; }

        public void RememberBefore()
        {
            if (State == EntityState.Deleted)
            {
                AddAll(Before, p => p.OriginalValue);
            }
            else if (State == EntityState.Modified)
            {
                foreach (var member in members)
                {
                    var property = entry.Property(member.Property.Name);
                    if (property.IsModified && member.Differs(property.OriginalValue, property.CurrentValue))
                    {
                        _changed.Add((member, property.OriginalValue));
                    }
                }

                RememberOwner();
            }
        }

        public void RememberAfter()
        {
            if (State == EntityState.Added)
            {
                AddAll(After, p => p.CurrentValue);
            }

            foreach (var (member, before) in _changed)
            {
                var (old, now) = member.ShowChange(entry.Entity, before, entry.Property(member.Property.Name).CurrentValue);
                Before[member.Name] = old;
                After[member.Name] = now;
            }
        }

        private void RememberOwner()
        {
            if (root.OwnerKey is { } key && entry.Property(key.Name) is { IsModified: true, OriginalValue: { } former } property
                && !Equals(former, property.CurrentValue)
                && AuditModel.Of(entry.Context.Model).Root(key.GetContainingForeignKeys().First().PrincipalEntityType) is { } owner)
            {
                FormerOwner = (owner.Kind, Text(former));
            }
        }

        private void AddAll(JsonObject to, Func<PropertyEntry, object?> value)
        {
            foreach (var member in members)
            {
                if (member.Show(entry.Entity, value(entry.Property(member.Property.Name))) is { } shown)
                {
                    to[member.Name] = shown;
                }
            }
        }
    }

    private sealed class PartChange(AuditPart part, EntityEntry entry, AuditMember[] members)
    {
        private readonly List<(AuditMember Member, object? Before)> _changed = [];
        private JsonNode? _before;

        public AuditPart Part => part;

        public EntityEntry Entry => entry;

        public EntityState State { get; } = entry.State;

        public bool IsTold { get; set; }

        public object? KeyBefore { get; private set; }

        /// <summary>Of the root: what it was for a row that goes, what it is for others.</summary>
        public object? Key => State == EntityState.Deleted ? KeyBefore : entry.Property(part.RootKey.Name).CurrentValue;

        public void RememberBefore()
        {
            KeyBefore = entry.Property(part.RootKey.Name).OriginalValue;
            if (State == EntityState.Deleted)
            {
                _before = Show(p => p.OriginalValue);
            }
            else if (State == EntityState.Modified)
            {
                _changed.AddRange(members.Select(m => (Member: m, Property: entry.Property(m.Property.Name)))
                    .Where(m => m.Property.IsModified && m.Member.Differs(m.Property.OriginalValue, m.Property.CurrentValue))
                    .Select(m => (m.Member, m.Property.OriginalValue)));
                _before = part.Value is null ? null : Show(p => p.OriginalValue);
            }
        }

        public void AddTo(JsonObject before, JsonObject after)
        {
            switch (State)
            {
                case EntityState.Deleted:
                    Add(before, _before);
                    break;
                case EntityState.Added:
                    Add(after, Show(p => p.CurrentValue));
                    break;
                case EntityState.Modified when _changed.Count > 0:
                    AddChange(before, after);
                    break;
            }
        }

        private void AddChange(JsonObject before, JsonObject after)
        {
            if (part.Value is not null)
            {
                Add(before, _before);
                Add(after, Show(p => p.CurrentValue));
                return;
            }

            var (old, now) = (new JsonObject(), new JsonObject());
            foreach (var (member, value) in _changed)
            {
                (old[member.Name], now[member.Name]) = member.ShowChange(entry.Entity, value, entry.Property(member.Property.Name).CurrentValue);
            }

            Add(before, old);
            Add(after, now);
        }

        private void Add(JsonObject to, JsonNode? value)
        {
            if (part.IsSingle)
            {
                to[part.Member] = value;
            }
            else if (to[part.Member] is JsonArray list)
            {
                list.Add(value);
            }
            else
            {
                to[part.Member] = new JsonArray(value);
            }
        }

        private JsonNode? Show(Func<PropertyEntry, object?> value)
        {
            if (part.Value is { } single)
            {
                return members.FirstOrDefault(m => m.Property == single)?.Show(entry.Entity, value(entry.Property(single.Name)))
                    ?? JsonValue.Create(value(entry.Property(single.Name)) as int?);
            }

            var shown = new JsonObject();
            foreach (var member in members)
            {
                if (member.Show(entry.Entity, value(entry.Property(member.Property.Name))) is { } node)
                {
                    shown[member.Name] = node;
                }
            }

            return shown;
        }
    }
}
