using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.Connections;

/// <summary>Reads connections as they are shown.</summary>
internal sealed class ConnectionReader(AppDbContext db, DeviceNetworks networks)
{
    private static readonly SortOrders<DataTargetConnection> Orders = new(c => c.Id);

    public async Task<ConnectionDetails?> FindAsync(IQueryable<DataTargetConnection> connections, int id, CancellationToken ct)
    {
        var connection = await connections.AsNoTracking().AsSplitQuery()
            .Include(c => c.Devices.OrderBy(d => d.Id)).Include(c => c.PayloadDecoder!.Organization).Include(c => c.DataTarget!.OpenDataDkDataset)
            .OrderBy(c => c.Id).SingleOrDefaultAsync(c => c.Id == id, ct);
        if (connection is null)
        {
            return null;
        }

        var applications = await ApplicationsAsync([connection], ct);
        var target = connection.DataTarget!;
        return new ConnectionDetails(
            connection,
            DevicesOf(connection, applications),
            new DataTargetDetails(target, DataTargetShapes.Shown(target), applications[target.ApplicationId]));
    }

    /// <param name="connections">Which ones.</param>
    /// <param name="list">Which page of them.</param>
    /// <param name="onlyDeviceId">Leaves all other devices out of the answer.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<ListResponse<ConnectionListItem>> ListAsync(
        IQueryable<DataTargetConnection> connections, ListQuery list, int? onlyDeviceId, CancellationToken ct)
    {
        var page = await Orders.Page(connections, list).AsNoTracking().AsSplitQuery()
            .Include(c => c.Devices.Where(d => onlyDeviceId == null || d.Id == onlyDeviceId).OrderBy(d => d.Id))
            .Include(c => c.PayloadDecoder).Include(c => c.DataTarget)
            .ToListAsync(ct);
        var applications = await ApplicationsAsync(page, ct);
        var items = page.Select(c => new ConnectionListItem(
            c,
            DevicesOf(c, applications),
            new DataTargetWithApplication(c.DataTarget!, DataTargetShapes.Shown(c.DataTarget!), applications[c.DataTarget!.ApplicationId])));
        return new ListResponse<ConnectionListItem>([.. items], await connections.CountAsync(ct));
    }

    private Task<Dictionary<int, ApplicationCore>> ApplicationsAsync(IEnumerable<DataTargetConnection> connections, CancellationToken ct) =>
        db.CoresAsync(connections.SelectMany(c => c.Devices.Select(d => d.ApplicationId).Append(c.DataTarget!.ApplicationId)), ct);

    private IReadOnlyList<DeviceWithApplication> DevicesOf(DataTargetConnection connection, Dictionary<int, ApplicationCore> applications) =>
        [.. connection.Devices.Select(d => new DeviceWithApplication(
            d, networks.Columns(d, showSecrets: false), applications[d.ApplicationId]))];
}
