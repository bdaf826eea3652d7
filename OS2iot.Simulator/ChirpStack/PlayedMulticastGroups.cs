using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

internal sealed class PlayedMulticastGroups(ChirpStackNetwork network) : MulticastGroupService.MulticastGroupServiceBase
{
    private const int MaxQueue = 1_000;

    private const int KeyDigits = 32;

    public override Task<CreateMulticastGroupResponse> Create(CreateMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var group = Checked(request.MulticastGroup);
            group.ApplicationId = network.Application(group.ApplicationId).Application.Id;
            group.Id = Guid.NewGuid().ToString();
            ChirpStackNetwork.Fits(network.Groups);
            network.Groups[group.Id] = new PlayedGroup { Group = group, CreatedAt = network.Now };
            return Task.FromResult(new CreateMulticastGroupResponse { Id = group.Id });
        }
    }

    public override Task<GetMulticastGroupResponse> Get(GetMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Group(request.Id);
            var at = ChirpStackNetwork.StampOf(known.CreatedAt);
            return Task.FromResult(new GetMulticastGroupResponse { MulticastGroup = known.Group.Clone(), CreatedAt = at, UpdatedAt = at });
        }
    }

    public override Task<Empty> Update(UpdateMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Group(request.MulticastGroup.Id);
            var group = Checked(request.MulticastGroup);
            (group.Id, group.ApplicationId) = (known.Group.Id, known.Group.ApplicationId);
            known.Group = group;
            return Done();
        }
    }

    public override Task<Empty> Delete(DeleteMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            network.Groups.Remove(network.Group(request.Id).Group.Id);
            return Done();
        }
    }

    public override Task<ListMulticastGroupsResponse> List(ListMulticastGroupsRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var application = request.ApplicationId.Length == 0 ? null : network.Application(request.ApplicationId).Application.Id;
            var found = network.Groups.Values
                .Where(g => (application is null || g.Group.ApplicationId == application)
                    && g.Group.Name.Contains(request.Search, StringComparison.OrdinalIgnoreCase))
                .OrderBy(g => g.Group.Name, StringComparer.Ordinal).ToList();
            return Task.FromResult(new ListMulticastGroupsResponse
            {
                TotalCount = (uint)found.Count,
                Result =
                {
                    ChirpStackNetwork.Page(found, request.Limit, request.Offset).Select(g => new MulticastGroupListItem
                    {
                        Id = g.Group.Id,
                        Name = g.Group.Name,
                        Region = g.Group.Region,
                        GroupType = g.Group.GroupType,
                        CreatedAt = ChirpStackNetwork.StampOf(g.CreatedAt),
                        UpdatedAt = ChirpStackNetwork.StampOf(g.CreatedAt),
                    }),
                },
            });
        }
    }

    public override Task<Empty> AddDevice(AddDeviceToMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Group(request.MulticastGroupId);
            var device = network.Device(request.DevEui).Device;
            if (device.ApplicationId != known.Group.ApplicationId)
            {
                throw ChirpStackNetwork.Missing(request.DevEui);
            }

            return known.DevEuis.Add(device.DevEui) ? Done() : throw ChirpStackNetwork.Taken(device.DevEui);
        }
    }

    public override Task<Empty> RemoveDevice(RemoveDeviceFromMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            return network.Group(request.MulticastGroupId).DevEuis.Remove(ChirpStackNetwork.Eui(request.DevEui))
                ? Done()
                : throw ChirpStackNetwork.Missing(request.DevEui);
        }
    }

    public override Task<Empty> AddGateway(AddGatewayToMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var gateway = network.Gateway(request.GatewayId).Gateway.GatewayId;
            return network.Group(request.MulticastGroupId).GatewayIds.Add(gateway) ? Done() : throw ChirpStackNetwork.Taken(gateway);
        }
    }

    public override Task<Empty> RemoveGateway(RemoveGatewayFromMulticastGroupRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            return network.Group(request.MulticastGroupId).GatewayIds.Remove(ChirpStackNetwork.Eui(request.GatewayId))
                ? Done()
                : throw ChirpStackNetwork.Missing(request.GatewayId);
        }
    }

    public override Task<EnqueueMulticastGroupQueueItemResponse> Enqueue(
        EnqueueMulticastGroupQueueItemRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Group(request.QueueItem.MulticastGroupId);
            if (request.QueueItem.FPort is 0 or > 255)
            {
                throw ChirpStackNetwork.Invalid("Validation error: FPort must be between 1 - 255");
            }

            if (known.Queue.Count >= MaxQueue)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "Max. number of queue items exceeded"));
            }

            var item = request.QueueItem.Clone();
            item.FCnt = known.Group.FCnt++;

            // Without a gateway that could send it nothing waits, and nobody is told.
            if (known.GatewayIds.Count > 0 || known.DevEuis.Any(d => network.Devices[d].LastSeenAt is not null))
            {
                known.Queue.Add(item);
            }

            return Task.FromResult(new EnqueueMulticastGroupQueueItemResponse { FCnt = item.FCnt });
        }
    }

    public override Task<Empty> FlushQueue(FlushMulticastGroupQueueRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            network.Group(request.MulticastGroupId).Queue.Clear();
            return Done();
        }
    }

    public override Task<ListMulticastGroupQueueResponse> ListQueue(ListMulticastGroupQueueRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            return Task.FromResult(new ListMulticastGroupQueueResponse
            {
                Items = { network.Group(request.MulticastGroupId).Queue.Select(i => i.Clone()) },
            });
        }
    }

    private static Task<Empty> Done() => Task.FromResult(new Empty());

    private static MulticastGroup Checked(MulticastGroup asked)
    {
        ChirpStackNetwork.Named(asked.Name);
        var group = asked.Clone();
        group.McAddr = ChirpStackNetwork.Hex(asked.McAddr, 8);
        group.McNwkSKey = ChirpStackNetwork.Hex(asked.McNwkSKey, KeyDigits);
        group.McAppSKey = ChirpStackNetwork.Hex(asked.McAppSKey, KeyDigits);
        return group;
    }
}
