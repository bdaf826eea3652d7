using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;
using OS2iot.Core.Database;

namespace OS2iot.Core.Audit;

/// <summary>Writes to the audit log, on the connection and in the transaction of a context: one statement for any number of lines.</summary>
public static class AuditLog
{
    /// <summary>PostgreSQL takes a hundred arguments for a function.</summary>
    private const int PairsPerCall = 45;

    private const string Columns =
        """
        INSERT INTO audit_entries (at, user_id, user_name, address, trace_id, action, type, entity_id, name, organization_id, before, after,
            succeeded, reason)
        """;

    /// <summary>By whom, from where and when; a name is kept as it is now.</summary>
    private const string Who =
        """
        $1, $2, coalesce($3, (SELECT k.name FROM api_keys k WHERE k.system_user_id = $2), (SELECT u.name FROM users u WHERE u.id = $2)), $4, $5
        """;

    /// <summary>
    /// Tells what no save of the context tells. Part of the context's transaction if there is one.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="records">What to tell.</param>
    /// <param name="actor">Who did it, where that is not the one whose request runs.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task WriteAuditAsync(
        this AppDbContext db, IReadOnlyList<AuditRecord> records, Actor? actor = null, CancellationToken ct = default)
    {
        if (records.Count == 0)
        {
            return;
        }

        var model = AuditModel.Of(db.Model);
        var organization = model.OrganizationSql(records.Select(r => r.OwnerType!).Distinct(), "r.owner_type", "r.owner_id");
        if (actor?.UserId is not null && records.Any(r => r.Refused is not null))
        {
            // What was not found belongs to nobody; then it is about whoever looked for it.
            var own = model.OrganizationSql([AuditTypes.User], $"'{AuditTypes.User}'", "$2");
            organization = $"coalesce({organization}, CASE WHEN r.refused IS NOT NULL THEN {own} END)";
        }

        var moved = records.Where(r => r.FormerOwnerType is not null).Select(r => r.FormerOwnerType!).Distinct().ToList();
        var former = moved.Count == 0
            ? ""
            : $" UNION SELECT {model.OrganizationSql(moved, "r.former_type", "r.former_id")} WHERE r.former_id IS NOT NULL";
        var sql =
            $"""
            {Columns}
            SELECT {Who}, r.action, r.type, r.entity_id, r.name, o.id, r.before::jsonb, r.after::jsonb, r.refused IS NULL, r.refused
            FROM unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) WITH ORDINALITY
                AS r (action, type, entity_id, name, before, after, refused, owner_type, owner_id, former_type, former_id, number)
            CROSS JOIN LATERAL (SELECT {organization} AS id{former}) o
            ORDER BY r.number
            """;

        await ExecuteAsync(
            db, sql, actor,
            [
                Database.Columns.Of(records, r => r.Action),
                Database.Columns.Of(records, r => r.Type),
                Database.Columns.Of(records, r => r.EntityId),
                Database.Columns.Of(records, r => r.Name),
                Database.Columns.Of(records, r => r.Before),
                Database.Columns.Of(records, r => r.After),
                Database.Columns.Of(records, r => r.Refused),
                Database.Columns.Of(records, r => r.OwnerType),
                Database.Columns.Of(records, r => string.IsNullOrEmpty(r.OwnerId) ? null : r.OwnerId),
                Database.Columns.Of(records, r => r.FormerOwnerType),
                Database.Columns.Of(records, r => r.FormerOwnerId),
            ],
            ct);
    }

    /// <summary>Tells of what the database is about to remove by itself together with what is removed.</summary>
    internal static async Task WriteCascadesAsync(AppDbContext db, AuditChanges changes, CancellationToken ct)
    {
        var model = AuditModel.Of(db.Model);
        var removed = changes.Removed.ToLookup(r => r.Root, r => r.Key);
        foreach (var root in removed.Select(r => r.Key))
        {
            foreach (var cascade in model.CascadesOf(root))
            {
                await ExecuteAsync(
                    db, CascadeSql(model, root, cascade), actor: null,
                    [
                        new NpgsqlParameter<string[]> { TypedValue = [.. removed[root]] },
                        new NpgsqlParameter<string[]> { TypedValue = [.. removed[cascade.Root]] },
                    ],
                    ct);
            }
        }
    }

    private static string CascadeSql(AuditModel model, AuditRoot root, AuditCascade cascade)
    {
        var joins = cascade.Path.Take(cascade.Path.Count - 1).Select((key, i) =>
            $"JOIN {AuditModel.TableOf(key.PrincipalEntityType)} t{i + 1} "
            + $"ON t{i + 1}.{AuditModel.Column(key.PrincipalKey.Properties[0])} = t{i}.{AuditModel.Column(key.Properties[0])}");
        var last = cascade.Path[^1].Properties[0];
        var key = $"t0.{AuditModel.Column(cascade.Root.Key)}";
        var name = cascade.Root.Name is null ? "NULL" : $"t0.{AuditModel.Column(cascade.Root.Name)}";
        return
            $"""
            {Columns}
            SELECT {Who}, '{AuditActions.Delete}', '{cascade.Root.Type}', {key}::text, {name},
                {model.OrganizationSql(cascade.Root, key, 0)}, {MembersSql(model, cascade.Root)}, NULL, true, NULL
            FROM {cascade.Root.Table} t0 {string.Join(' ', joins)}
            WHERE t{cascade.Path.Count - 1}.{AuditModel.Column(last)} = ANY($6::{root.KeyType}[]) AND {key} <> ALL($7::{cascade.Root.KeyType}[])
            ORDER BY {key}
            """;
    }

    private static string MembersSql(AuditModel model, AuditRoot root)
    {
        var pairs = root.EntityType.GetDerivedTypesInclusive().SelectMany(model.Members).Where(m => m.IsColumn).DistinctBy(m => m.Property)
            .Select(m => $"'{m.Name}', t0.{AuditModel.Column(m.Property)}");
        var objects = pairs.Chunk(PairsPerCall).Select(c => $"jsonb_build_object({string.Join(", ", c)})");
        return $"jsonb_strip_nulls({string.Join(" || ", objects.DefaultIfEmpty("'{}'::jsonb"))})";
    }

    private static async Task ExecuteAsync(
        AppDbContext db, string sql, Actor? actor, IEnumerable<NpgsqlParameter> parameters, CancellationToken ct)
    {
        actor ??= Actor.Current ?? new Actor();
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var command = new NpgsqlCommand(
                sql, (NpgsqlConnection)db.Database.GetDbConnection(), db.Database.CurrentTransaction?.GetDbTransaction() as NpgsqlTransaction);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = db.Now });
            command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = actor.UserId });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = actor.UserName });
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Inet, Value = (object?)actor.Address ?? DBNull.Value });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Activity.Current?.TraceId.ToHexString() });
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync(ct);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
