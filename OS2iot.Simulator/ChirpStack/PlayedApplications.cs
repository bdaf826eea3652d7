using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

internal sealed class PlayedApplications(ChirpStackNetwork network) : ApplicationService.ApplicationServiceBase
{
    public override Task<CreateApplicationResponse> Create(CreateApplicationRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            ChirpStackNetwork.Named(request.Application.Name);
            network.Tenant(request.Application.TenantId);
            ChirpStackNetwork.Fits(network.Applications);
            var application = request.Application.Clone();
            application.Id = Guid.NewGuid().ToString();
            network.Applications[application.Id] = new PlayedApplication(application, network.Now);
            return Task.FromResult(new CreateApplicationResponse { Id = application.Id });
        }
    }

    public override Task<GetApplicationResponse> Get(GetApplicationRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var (application, createdAt) = network.Application(request.Id);
            var at = ChirpStackNetwork.StampOf(createdAt);
            return Task.FromResult(new GetApplicationResponse { Application = application.Clone(), CreatedAt = at, UpdatedAt = at });
        }
    }

    public override Task<Empty> Update(UpdateApplicationRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            ChirpStackNetwork.Named(request.Application.Name);
            var known = network.Application(request.Application.Id);
            var application = request.Application.Clone();
            (application.Id, application.TenantId) = (known.Application.Id, known.Application.TenantId);
            network.Applications[application.Id] = known with { Application = application };
            return Task.FromResult(new Empty());
        }
    }

    /// <summary>What belongs to it goes with it.</summary>
    public override Task<Empty> Delete(DeleteApplicationRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var id = network.Application(request.Id).Application.Id;
            network.Applications.Remove(id);
            foreach (var device in network.Devices.Values.Where(d => d.Device.ApplicationId == id).ToList())
            {
                network.RemoveDevice(device.Device.DevEui);
            }

            foreach (var group in network.Groups.Values.Where(g => g.Group.ApplicationId == id).ToList())
            {
                network.Groups.Remove(group.Group.Id);
            }

            return Task.FromResult(new Empty());
        }
    }

    public override Task<ListApplicationsResponse> List(ListApplicationsRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            network.Tenant(request.TenantId);
            var found = network.Applications.Values
                .Where(a => a.Application.TenantId == ChirpStackNetwork.Uuid(request.TenantId)
                    && a.Application.Name.Contains(request.Search, StringComparison.OrdinalIgnoreCase))
                .OrderBy(a => a.Application.Name, StringComparer.Ordinal).ToList();
            return Task.FromResult(new ListApplicationsResponse
            {
                TotalCount = (uint)found.Count,
                Result =
                {
                    ChirpStackNetwork.Page(found, request.Limit, request.Offset).Select(a => new ApplicationListItem
                    {
                        Id = a.Application.Id,
                        Name = a.Application.Name,
                        Description = a.Application.Description,
                        CreatedAt = ChirpStackNetwork.StampOf(a.CreatedAt),
                        UpdatedAt = ChirpStackNetwork.StampOf(a.CreatedAt),
                    }),
                },
            });
        }
    }
}
