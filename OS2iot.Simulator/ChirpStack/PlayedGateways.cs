using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

internal sealed class PlayedGateways(ChirpStackNetwork network) : GatewayService.GatewayServiceBase
{
    public override Task<Empty> Create(CreateGatewayRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var gateway = Checked(request.Gateway);
            network.Tenant(gateway.TenantId);
            ChirpStackNetwork.Fits(network.Gateways);
            return network.Gateways.TryAdd(
                gateway.GatewayId, new PlayedGateway { Gateway = gateway, CreatedAt = network.Now, UpdatedAt = network.Now })
                    ? Task.FromResult(new Empty())
                    : throw ChirpStackNetwork.Taken(gateway.GatewayId);
        }
    }

    public override Task<GetGatewayResponse> Get(GetGatewayRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Gateway(request.GatewayId);
            return Task.FromResult(new GetGatewayResponse
            {
                Gateway = known.Gateway.Clone(),
                CreatedAt = ChirpStackNetwork.StampOf(known.CreatedAt),
                UpdatedAt = ChirpStackNetwork.StampOf(known.UpdatedAt),
                LastSeenAt = ChirpStackNetwork.Stamp(known.LastSeenAt),
            });
        }
    }

    public override Task<Empty> Update(UpdateGatewayRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var gateway = Checked(request.Gateway);
            var known = network.Gateway(gateway.GatewayId);
            gateway.TenantId = known.Gateway.TenantId;
            (known.Gateway, known.UpdatedAt) = (gateway, network.Now);
            return Task.FromResult(new Empty());
        }
    }

    public override Task<Empty> Delete(DeleteGatewayRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var id = network.Gateway(request.GatewayId).Gateway.GatewayId;
            network.Gateways.Remove(id);
            foreach (var group in network.Groups.Values)
            {
                group.GatewayIds.Remove(id);
            }

            return Task.FromResult(new Empty());
        }
    }

    public override Task<ListGatewaysResponse> List(ListGatewaysRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var tenant = request.TenantId.Length == 0 ? null : ChirpStackNetwork.Uuid(request.TenantId);
            var members = request.MulticastGroupId.Length == 0 ? null : network.Group(request.MulticastGroupId).GatewayIds;
            var found = network.Gateways.Values
                .Where(g => (tenant is null || g.Gateway.TenantId == tenant) && (members is null || members.Contains(g.Gateway.GatewayId))
                    && (g.Gateway.Name + g.Gateway.GatewayId).Contains(request.Search, StringComparison.OrdinalIgnoreCase))
                .OrderBy(g => g.Gateway.Name, StringComparer.Ordinal).ThenBy(g => g.Gateway.GatewayId, StringComparer.Ordinal).ToList();
            return Task.FromResult(new ListGatewaysResponse
            {
                TotalCount = (uint)found.Count,
                Result = { ChirpStackNetwork.Page(found, request.Limit, request.Offset).Select(ItemOf) },
            });
        }
    }

    public override Task<GetGatewayMetricsResponse> GetMetrics(GetGatewayMetricsRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var days = PlayedMetrics.DaysOf(request.Start, request.End);
            var known = network.Gateway(request.GatewayId).Days;
            return Task.FromResult(new GetGatewayMetricsResponse
            {
                RxPackets = PlayedMetrics.Of("Received", days, ("rx_count", d => known.GetValueOrDefault(d).Rx)),
                TxPackets = PlayedMetrics.Of("Transmitted", days, ("tx_count", d => known.GetValueOrDefault(d).Tx)),
            });
        }
    }

    private static Gateway Checked(Gateway asked)
    {
        ChirpStackNetwork.Named(asked.Name);
        var gateway = asked.Clone();
        gateway.GatewayId = ChirpStackNetwork.Eui(asked.GatewayId);
        return gateway;
    }

    private GatewayListItem ItemOf(PlayedGateway known) => new()
    {
        TenantId = known.Gateway.TenantId,
        GatewayId = known.Gateway.GatewayId,
        Name = known.Gateway.Name,
        Description = known.Gateway.Description,
        Location = known.Gateway.Location?.Clone(),
        CreatedAt = ChirpStackNetwork.StampOf(known.CreatedAt),
        UpdatedAt = ChirpStackNetwork.StampOf(known.UpdatedAt),
        LastSeenAt = ChirpStackNetwork.Stamp(known.LastSeenAt),
        State = known.LastSeenAt is not { } seen ? GatewayState.NeverSeen
            : network.Now - seen <= TimeSpan.FromSeconds(2 * known.Gateway.StatsInterval) ? GatewayState.Online : GatewayState.Offline,
    };
}
