using System.Linq.Expressions;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.Gateways;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Sigfox;

namespace OS2iot.Core.Organizations;

/// <summary>Permission as part of the query: what a caller may not see or change is not found.</summary>
public static class CallerQueries
{
    public static IQueryable<Application> VisibleTo(this IQueryable<Application> applications, Caller caller) =>
        caller.IsGlobalAdmin ? applications : applications.Where(ReadableBy(caller));

    public static IQueryable<Application> WritableBy(this IQueryable<Application> applications, Caller caller) =>
        caller.IsGlobalAdmin ? applications : applications.Where(ChangeableBy(caller));

    public static IQueryable<Device> VisibleTo(this IQueryable<Device> devices, Caller caller) =>
        caller.IsGlobalAdmin ? devices : devices.Where(ReadableBy(caller).Of<Device>(d => d.Application!));

    public static IQueryable<Device> WritableBy(this IQueryable<Device> devices, Caller caller) =>
        caller.IsGlobalAdmin ? devices : devices.Where(ChangeableBy(caller).Of<Device>(d => d.Application!));

    public static IQueryable<DataTarget> VisibleTo(this IQueryable<DataTarget> targets, Caller caller) =>
        caller.IsGlobalAdmin ? targets : targets.Where(ReadableBy(caller).Of<DataTarget>(t => t.Application!));

    public static IQueryable<DataTarget> WritableBy(this IQueryable<DataTarget> targets, Caller caller) =>
        caller.IsGlobalAdmin ? targets : targets.Where(ChangeableBy(caller).Of<DataTarget>(t => t.Application!));

    /// <summary>A connection belongs to its target's application, as its devices do.</summary>
    public static IQueryable<DataTargetConnection> VisibleTo(this IQueryable<DataTargetConnection> connections, Caller caller) =>
        caller.IsGlobalAdmin
            ? connections
            : connections.Where(ReadableBy(caller).Of<DataTargetConnection>(c => c.DataTarget!.Application!));

    public static IQueryable<DataTargetConnection> WritableBy(this IQueryable<DataTargetConnection> connections, Caller caller) =>
        caller.IsGlobalAdmin
            ? connections
            : connections.Where(ChangeableBy(caller).Of<DataTargetConnection>(c => c.DataTarget!.Application!));

    /// <summary>Organizations share their decoders: whoever reads anything reads all of them.</summary>
    public static IQueryable<PayloadDecoder> VisibleTo(this IQueryable<PayloadDecoder> decoders, Caller caller) =>
        caller.Has(PermissionType.Read) ? decoders : decoders.Where(_ => false);

    public static IQueryable<PayloadDecoder> WritableBy(this IQueryable<PayloadDecoder> decoders, Caller caller)
    {
        var organizations = caller.WriteOrganizations;
        return caller.IsGlobalAdmin ? decoders : decoders.Where(d => organizations.Contains(d.OrganizationId));
    }

    public static IQueryable<SigfoxGroup> VisibleTo(this IQueryable<SigfoxGroup> groups, Caller caller)
    {
        var organizations = caller.ReadOrganizations;
        return caller.IsGlobalAdmin ? groups : groups.Where(g => organizations.Contains(g.OrganizationId));
    }

    public static IQueryable<SigfoxGroup> WritableBy(this IQueryable<SigfoxGroup> groups, Caller caller)
    {
        var organizations = caller.WriteOrganizations;
        return caller.IsGlobalAdmin ? groups : groups.Where(g => organizations.Contains(g.OrganizationId));
    }

    /// <summary>What belongs to no organization, or to several, is for global administrators.</summary>
    public static IQueryable<AuditEntry> VisibleTo(this IQueryable<AuditEntry> entries, Caller caller)
    {
        var organizations = caller.UserAdminOrganizations;
        return caller.IsGlobalAdmin
            ? entries
            : entries.Where(e => e.OrganizationId != null && organizations.Contains(e.OrganizationId.Value));
    }

    public static IQueryable<MulticastGroup> VisibleTo(this IQueryable<MulticastGroup> groups, Caller caller) =>
        caller.IsGlobalAdmin ? groups : groups.Where(ReadableBy(caller).Of<MulticastGroup>(g => g.Application!));

    public static IQueryable<MulticastGroup> WritableBy(this IQueryable<MulticastGroup> groups, Caller caller) =>
        caller.IsGlobalAdmin ? groups : groups.Where(ChangeableBy(caller).Of<MulticastGroup>(g => g.Application!));

    public static IQueryable<DeviceProfile> VisibleTo(this IQueryable<DeviceProfile> profiles, Caller caller)
    {
        var organizations = caller.ReadOrganizations;
        return caller.IsGlobalAdmin ? profiles : profiles.Where(p => organizations.Contains(p.OrganizationId));
    }

    public static IQueryable<DeviceProfile> WritableBy(this IQueryable<DeviceProfile> profiles, Caller caller)
    {
        var organizations = caller.WriteOrganizations;
        return caller.IsGlobalAdmin ? profiles : profiles.Where(p => organizations.Contains(p.OrganizationId));
    }

    public static IQueryable<DeviceModel> VisibleTo(this IQueryable<DeviceModel> models, Caller caller)
    {
        var organizations = caller.ReadOrganizations;
        return caller.IsGlobalAdmin ? models : models.Where(m => organizations.Contains(m.OrganizationId));
    }

    public static IQueryable<DeviceModel> WritableBy(this IQueryable<DeviceModel> models, Caller caller)
    {
        var organizations = caller.WriteOrganizations;
        return caller.IsGlobalAdmin ? models : models.Where(m => organizations.Contains(m.OrganizationId));
    }

    /// <summary>Whoever manages an organization's gateways sees them, even with no right to read anything else there.</summary>
    public static IQueryable<Gateway> VisibleTo(this IQueryable<Gateway> gateways, Caller caller)
    {
        var organizations = caller.ReadOrganizations.Union(caller.GatewayOrganizations).ToArray();
        return caller.IsGlobalAdmin ? gateways : gateways.Where(g => organizations.Contains(g.OrganizationId));
    }

    public static IQueryable<Gateway> WritableBy(this IQueryable<Gateway> gateways, Caller caller)
    {
        var organizations = caller.GatewayOrganizations;
        return caller.IsGlobalAdmin ? gateways : gateways.Where(g => organizations.Contains(g.OrganizationId));
    }

    /// <summary>
    /// Users of the organizations whose users the caller manages, those who asked to belong there, and whom the caller created and
    /// nobody has put anywhere yet.
    /// </summary>
    public static IQueryable<User> VisibleTo(this IQueryable<User> users, Caller caller)
    {
        var (organizations, self) = (caller.UserAdminOrganizations, caller.UserId);
        return caller.IsGlobalAdmin
            ? users
            : users.Where(u => u.Permissions.Any(p => organizations.Contains(p.OrganizationId!.Value))
                || u.RequestedOrganizations.Any(o => organizations.Contains(o.Id))
                || (u.CreatedById == self && !u.IsSystemUser && !u.Permissions.Any()));
    }

    /// <summary>
    /// Users of whom the caller manages all that they may do. Nobody who has a say elsewhere, too, can be changed from one organization:
    /// who sets a password or an e-mail takes over all of it.
    /// </summary>
    public static IQueryable<User> WritableBy(this IQueryable<User> users, Caller caller)
    {
        var (organizations, self) = (caller.UserAdminOrganizations, caller.UserId);
        return caller.IsGlobalAdmin
            ? users
            : users.Where(u => u.Permissions.All(p => p.OrganizationId != null && organizations.Contains(p.OrganizationId.Value))
                && (u.Permissions.Any() || u.CreatedById == self));
    }

    /// <summary>Users whose names the caller may know, to tell who wrote what: colleagues, their API keys and the global administrators.</summary>
    public static IQueryable<User> NamedTo(this IQueryable<User> users, IQueryable<ApiKey> keys, Caller caller)
    {
        var organizations = caller.ReadOrganizations.Union(caller.GatewayOrganizations).ToArray();
        var (isAnybody, self) = (caller.Has(PermissionType.Read), caller.UserId);
        return caller.IsGlobalAdmin
            ? users
            : users.Where(u => u.Id == self
                || u.Permissions.Any(p => organizations.Contains(p.OrganizationId!.Value) || (isAnybody && p.OrganizationId == null))
                || keys.Any(k => k.SystemUserId == u.Id && k.Permissions.Any(p => organizations.Contains(p.OrganizationId!.Value))));
    }

    /// <summary>User groups of the organizations whose users the caller manages.</summary>
    public static IQueryable<Permission> VisibleTo(this IQueryable<Permission> permissions, Caller caller)
    {
        var organizations = caller.UserAdminOrganizations;
        return caller.IsGlobalAdmin
            ? permissions
            : permissions.Where(p => p.OrganizationId != null && organizations.Contains(p.OrganizationId.Value));
    }

    /// <summary>Keys of which the caller manages all that they may do.</summary>
    public static IQueryable<ApiKey> VisibleTo(this IQueryable<ApiKey> keys, Caller caller)
    {
        var organizations = caller.UserAdminOrganizations;
        return caller.IsGlobalAdmin
            ? keys
            : keys.Where(k => k.Permissions.Any() && k.Permissions.All(p => p.OrganizationId != null && organizations.Contains(p.OrganizationId.Value)));
    }

    // A permission reaches only applications of its own organization, whatever its list says: an application that moved leaves
    // the permissions of its former organization behind.
    private static Expression<Func<Application, bool>> ReadableBy(Caller caller)
    {
        var permissions = caller.ReadingPermissions;
        var organizations = caller.UserAdminOrganizations;
        return a => organizations.Contains(a.OrganizationId)
            || a.Permissions.Any(p => permissions.Contains(p.Id) && p.OrganizationId == a.OrganizationId);
    }

    private static Expression<Func<Application, bool>> ChangeableBy(Caller caller)
    {
        var permissions = caller.WritingPermissions;
        return a => a.Permissions.Any(p => permissions.Contains(p.Id) && p.OrganizationId == a.OrganizationId);
    }

    private static Expression<Func<T, bool>> Of<T>(this Expression<Func<Application, bool>> rule, Expression<Func<T, Application>> path) =>
        Expression.Lambda<Func<T, bool>>(new Replacing(rule.Parameters[0], path.Body).Visit(rule.Body), path.Parameters);

    private sealed class Replacing(ParameterExpression parameter, Expression with) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? with : base.VisitParameter(node);
    }
}
