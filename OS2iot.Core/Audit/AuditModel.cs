using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace OS2iot.Core.Audit;

/// <summary>How each entity's changes are told, read once from the declarations beside the entities.</summary>
internal sealed class AuditModel
{
    private static readonly ConditionalWeakTable<IModel, AuditModel> Models = [];

    private readonly Dictionary<IEntityType, AuditRoot> _roots = [];
    private readonly Dictionary<IEntityType, AuditPart> _parts = [];
    private readonly HashSet<IEntityType> _untold = [];
    private readonly Dictionary<IEntityType, AuditMember[]> _members = [];

    private AuditModel(IModel model)
    {
        var hierarchies = model.GetEntityTypes().Where(e => e.BaseType is null).ToList();
        foreach (var entity in hierarchies.Where(e => Declared<AuditedAttribute>(e) is not null))
        {
            _roots[entity] = new AuditRoot(entity, Declared<AuditedAttribute>(entity)!);
        }

        foreach (var entity in hierarchies.Where(e => Declared<AuditedInAttribute>(e) is not null))
        {
            _parts[entity] = PartOf(entity, Declared<AuditedInAttribute>(entity)!);
        }

        foreach (var ids in _roots.Values.SelectMany(IdsOf).ToList())
        {
            _parts[ids.EntityType] = ids;
        }

        // Not ours, so nothing can stand beside it: keys that the product makes for itself.
        _untold.UnionWith(hierarchies.Where(
            e => Declared<NotAuditedAttribute>(e) is not null || e.ClrType == typeof(DataProtectionKey)));
        Undeclared = [.. hierarchies.Where(e => !_roots.ContainsKey(e) && !_parts.ContainsKey(e) && !_untold.Contains(e)).Select(e => e.DisplayName())];
        foreach (var entity in model.GetEntityTypes())
        {
            var key = _parts.GetValueOrDefault(entity.GetRootType())?.RootKey;
            _members[entity] = [.. entity.GetProperties().Where(p => p != key).Select(AuditMember.Of).OfType<AuditMember>()];
        }
    }

    /// <summary>Entities of which nobody said whether changes are told.</summary>
    public IReadOnlyList<string> Undeclared { get; }

    public IEnumerable<AuditRoot> Roots => _roots.Values;

    public static AuditModel Of(IModel model) => Models.GetValue(model, m => new AuditModel(m));

    public AuditRoot? Root(IEntityType entity) => _roots.GetValueOrDefault(entity.GetRootType());

    public AuditPart? Part(IEntityType entity) => _parts.GetValueOrDefault(entity.GetRootType());

    public AuditMember[] Members(IEntityType entity) => _members[entity];

    /// <exception cref="InvalidOperationException">Nobody said whether changes of the entity are told.</exception>
    public void Check(IEntityType entity)
    {
        if (!_roots.ContainsKey(entity.GetRootType()) && !_parts.ContainsKey(entity.GetRootType()) && !_untold.Contains(entity.GetRootType()))
        {
            throw new InvalidOperationException(
                $"Say by [Audited], [AuditedIn] or [NotAudited] on {entity.DisplayName()}, or [AuditedIds] on a list of it, how its changes are told.");
        }
    }

    /// <summary>SQL for the organization of something, given by SQL for what it is and for its key, both texts.</summary>
    /// <param name="kinds">Kinds of roots, or types that only one kind has.</param>
    /// <param name="kind">SQL for one of them.</param>
    /// <param name="key">SQL for the key.</param>
    public string OrganizationSql(IEnumerable<string> kinds, string kind, string key)
    {
        var cases = kinds.Select(k => (Kind: k, Root: RootOf(k))).Where(k => k.Root is not null)
            .Select(k => $"WHEN '{k.Kind}' THEN {OrganizationSql(k.Root!, $"{key}::{k.Root!.KeyType}", 0)}")
            .ToList();
        return cases.Count == 0 ? "NULL::int" : $"CASE {kind} {string.Join(' ', cases)} END";
    }

    /// <summary>What the database removes by itself with a thing, and the way from there to the thing.</summary>
    public IEnumerable<AuditCascade> CascadesOf(AuditRoot root)
    {
        var reached = new Queue<AuditCascade>([new AuditCascade(root, [])]);
        var seen = new HashSet<AuditRoot> { root };
        while (reached.TryDequeue(out var from))
        {
            foreach (var key in from.Root.EntityType.GetReferencingForeignKeys().Where(k => k.DeleteBehavior == DeleteBehavior.Cascade))
            {
                if (Root(key.DeclaringEntityType) is { } dependent && seen.Add(dependent))
                {
                    var cascade = new AuditCascade(dependent, [key, .. from.Path]);
                    reached.Enqueue(cascade);
                    yield return cascade;
                }
            }
        }
    }

    internal string OrganizationSql(AuditRoot root, string key, int depth)
    {
        var table = $"o{depth}";
        if (root.Type == AuditTypes.Organization)
        {
            return key;
        }

        if (root.OwnerKey is { } owner)
        {
            var next = OrganizationSql(Root(owner.GetContainingForeignKeys().First().PrincipalEntityType)!, $"{table}.{Column(owner)}", depth + 1);
            return $"(SELECT {next} FROM {root.Table} {table} WHERE {table}.{Column(root.Key)} = {key})";
        }

        if (root.OwnerList is { } list)
        {
            var (here, there) = (list.ForeignKey.Properties[0], list.Inverse.ForeignKey.Properties[0]);
            var next = OrganizationSql(Root(list.TargetEntityType)!, $"{table}.{Column(there)}", depth + 1);
            return $"(SELECT CASE WHEN count(DISTINCT a.id) = 1 AND count(*) = count(a.id) THEN min(a.id) END FROM {TableOf(list.JoinEntityType)} {table} "
                + $"CROSS JOIN LATERAL (SELECT {next} AS id) a WHERE {table}.{Column(here)} = {key})";
        }

        return "NULL::int";
    }

    internal static string TableOf(IEntityType entity) => $"\"{entity.GetTableName()}\"";

    internal static string Column(IProperty property) =>
        $"\"{property.GetColumnName(StoreObjectIdentifier.Table(property.DeclaringType.GetTableName()!, property.DeclaringType.GetSchema()))}\"";

    private AuditRoot? RootOf(string kind)
    {
        var found = _roots.Values.Where(r => r.Kind == kind).Concat(_roots.Values.Where(r => r.Type == kind)).Distinct().ToList();
        return found is [var root, ..] && (root.Kind == kind || found.Count == 1) ? root : null;
    }

    // Join tables share one CLR type, which says nothing of them.
    private static T? Declared<T>(IEntityType entity)
        where T : Attribute =>
        entity.HasSharedClrType ? null : entity.ClrType.GetCustomAttribute<T>();

    private AuditPart PartOf(IEntityType entity, AuditedInAttribute declared)
    {
        var key = entity.GetForeignKeys().Single(k => k.PrincipalEntityType.ClrType == declared.Root);
        return new AuditPart(
            entity, _roots[key.PrincipalEntityType.GetRootType()], key.Properties[0], declared.Member, key.IsUnique,
            declared.Value is null ? null : entity.FindProperty(declared.Value));
    }

    private static IEnumerable<AuditPart> IdsOf(AuditRoot root) =>
        from list in root.EntityType.GetSkipNavigations()
        let declared = list.PropertyInfo?.GetCustomAttribute<AuditedIdsAttribute>()
        where declared is not null
        select new AuditPart(
            list.JoinEntityType, root, list.ForeignKey.Properties[0], declared.Member, IsSingle: false,
            list.Inverse.ForeignKey.Properties[0]);
}

/// <summary>An entity that has lines of its own in the log.</summary>
internal sealed class AuditRoot
{
    private readonly AuditedAttribute _declared;

    public AuditRoot(IEntityType entityType, AuditedAttribute declared)
    {
        _declared = declared;
        EntityType = entityType;
        Key = entityType.FindPrimaryKey()!.Properties.Single();
        Name = entityType.FindProperty(declared.Name);
        if (declared.Owner is { } owner)
        {
            OwnerKey = entityType.FindProperty(owner);
            OwnerList = entityType.FindSkipNavigation(owner);
            if (OwnerKey is null && OwnerList is null)
            {
                throw new InvalidOperationException($"{entityType.DisplayName()} has no member {owner} that could lead to its organization.");
            }
        }
    }

    public IEntityType EntityType { get; }

    /// <summary>Of this entity only; two may have the same type.</summary>
    public string Kind => EntityType.ClrType.Name;

    public string Type => _declared.Type;

    public IProperty Key { get; }

    public string KeyType => Key.ClrType == typeof(Guid) ? "uuid" : "int";

    public IProperty? Name { get; }

    public IProperty? OwnerKey { get; }

    public ISkipNavigation? OwnerList { get; }

    public string Table => AuditModel.TableOf(EntityType);
}

/// <summary>Rows of another table that are told of as a member of a root.</summary>
/// <param name="EntityType">The rows.</param>
/// <param name="Root">Whose they are.</param>
/// <param name="RootKey">Which of them.</param>
/// <param name="Member">The member's name in the log.</param>
/// <param name="IsSingle">There is one at the most.</param>
/// <param name="Value">The property that says it all; null for an object of all.</param>
internal sealed record AuditPart(IEntityType EntityType, AuditRoot Root, IProperty RootKey, string Member, bool IsSingle, IProperty? Value);

/// <param name="Root">What goes too.</param>
/// <param name="Path">Its foreign key, that of what it points to, and so on.</param>
internal sealed record AuditCascade(AuditRoot Root, IReadOnlyList<IForeignKey> Path);
