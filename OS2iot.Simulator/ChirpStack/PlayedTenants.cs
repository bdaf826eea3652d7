using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

internal sealed class PlayedTenants(ChirpStackNetwork network) : TenantService.TenantServiceBase
{
    public override Task<CreateTenantResponse> Create(CreateTenantRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            ChirpStackNetwork.Named(request.Tenant.Name);
            ChirpStackNetwork.Fits(network.Tenants);
            var tenant = request.Tenant.Clone();
            tenant.Id = Guid.NewGuid().ToString();
            network.Tenants[tenant.Id] = new PlayedTenant(tenant, network.Now);
            return Task.FromResult(new CreateTenantResponse { Id = tenant.Id });
        }
    }

    public override Task<GetTenantResponse> Get(GetTenantRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var (tenant, createdAt) = network.Tenant(request.Id);
            var at = ChirpStackNetwork.StampOf(createdAt);
            return Task.FromResult(new GetTenantResponse { Tenant = tenant.Clone(), CreatedAt = at, UpdatedAt = at });
        }
    }

    public override Task<ListTenantsResponse> List(ListTenantsRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var found = network.Tenants.Values.Where(t => t.Tenant.Name.Contains(request.Search, StringComparison.OrdinalIgnoreCase))
                .OrderBy(t => t.Tenant.Name, StringComparer.Ordinal).ToList();
            return Task.FromResult(new ListTenantsResponse
            {
                TotalCount = (uint)found.Count,
                Result =
                {
                    ChirpStackNetwork.Page(found, request.Limit, request.Offset).Select(t => new TenantListItem
                    {
                        Id = t.Tenant.Id,
                        Name = t.Tenant.Name,
                        CanHaveGateways = t.Tenant.CanHaveGateways,
                        MaxDeviceCount = t.Tenant.MaxDeviceCount,
                        MaxGatewayCount = t.Tenant.MaxGatewayCount,
                        CreatedAt = ChirpStackNetwork.StampOf(t.CreatedAt),
                        UpdatedAt = ChirpStackNetwork.StampOf(t.CreatedAt),
                    }),
                },
            });
        }
    }
}

internal sealed class PlayedVersion(ChirpStackNetwork network) : InternalService.InternalServiceBase
{
    public override Task<GetVersionResponse> GetVersion(Empty request, ServerCallContext context) => Task.FromResult(
        new GetVersionResponse { Version = network.Version });
}
