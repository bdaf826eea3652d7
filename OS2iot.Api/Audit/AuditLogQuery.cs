using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Audit;

/// <summary>Which lines of the audit log are wanted. Newest first, unless <c>sort</c> says ASC.</summary>
internal sealed class AuditLogQuery : ListQuery
{
    /// <summary>How far one can page, and how far is counted: whoever needs more narrows the time.</summary>
    public const int MaxOffset = 10_000;

    public int? OrganizationId { get; private set; }

    /// <summary>Who did it.</summary>
    public int? UserId { get; private set; }

    /// <summary>Such as IoTDevice.</summary>
    public string? Type { get; private set; }

    /// <summary>To what it was done.</summary>
    public string? EntityId { get; private set; }

    /// <summary>CREATE, UPDATE, DELETE, LOGIN or RESEND.</summary>
    public string? Action { get; private set; }

    /// <summary>That time or later.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>Before that time.</summary>
    public DateTimeOffset? To { get; private set; }

    /// <summary>Part of the name of the thing or of who did it.</summary>
    public string? Q { get; private set; }

    /// <summary>false for what was refused.</summary>
    public bool? Succeeded { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        query.Number("offset", min: 0, MaxOffset);
        OrganizationId = query.Number("organizationId");
        UserId = query.Number("userId");
        Type = query.Text("type");
        EntityId = query.Text("entityId");
        Action = query.Text("action")?.ToUpperInvariant();
        From = query.Time("from");
        To = query.Time("to");
        Q = query.Text("q");
        Succeeded = query.Flag("succeeded");
    }

    /// <summary>Lines that the caller may read and that are asked for, in order.</summary>
    /// <exception cref="Refusal">The caller does not administer the users of the organization that is asked for.</exception>
    public IQueryable<AuditEntry> Apply(IQueryable<AuditEntry> entries, Caller caller)
    {
        if (OrganizationId is { } organization && !caller.AdministersUsersOf(organization))
        {
            throw Refusal.Forbidden();
        }

        var found = Filter(entries.AsNoTracking().VisibleTo(caller));
        return string.Equals(Sort, "ASC", StringComparison.OrdinalIgnoreCase)
            ? found.OrderBy(e => e.At).ThenBy(e => e.Id)
            : found.OrderByDescending(e => e.At).ThenByDescending(e => e.Id);
    }

    private IQueryable<AuditEntry> Filter(IQueryable<AuditEntry> entries)
    {
        entries = OrganizationId is { } organization ? entries.Where(e => e.OrganizationId == organization) : entries;
        entries = UserId is { } user ? entries.Where(e => e.UserId == user) : entries;
        entries = Type is { } type ? entries.Where(e => e.Type == type) : entries;
        entries = EntityId is { } id ? entries.Where(e => e.EntityId == id) : entries;
        entries = Action is { } action ? entries.Where(e => e.Action == action) : entries;
        entries = From is { } from ? entries.Where(e => e.At >= from) : entries;
        entries = To is { } to ? entries.Where(e => e.At < to) : entries;
        entries = Succeeded is { } succeeded ? entries.Where(e => e.Succeeded == succeeded) : entries;
        return Q is { } part ? entries.Where(Containing(part)) : entries;
    }

    private static System.Linq.Expressions.Expression<Func<AuditEntry, bool>> Containing(string part)
    {
        var literal = part.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
        var pattern = $"%{literal}%";
        return e => EF.Functions.ILike(e.Name!, pattern) || EF.Functions.ILike(e.UserName!, pattern);
    }
}
