using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

internal sealed class PlayedDevices(ChirpStackNetwork network) : DeviceService.DeviceServiceBase
{
    private const int MaxQueue = 1_000;

    private const int KeyDigits = 32;

    public override Task<Empty> Create(CreateDeviceRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var device = Checked(request.Device);
            ChirpStackNetwork.Fits(network.Devices);
            return network.Devices.TryAdd(
                device.DevEui, new PlayedDevice { Device = device, CreatedAt = network.Now, UpdatedAt = network.Now })
                    ? Done()
                    : throw ChirpStackNetwork.Taken(device.DevEui);
        }
    }

    public override Task<GetDeviceResponse> Get(GetDeviceRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Device(request.DevEui);
            return Task.FromResult(new GetDeviceResponse
            {
                Device = known.Device.Clone(),
                CreatedAt = ChirpStackNetwork.StampOf(known.CreatedAt),
                UpdatedAt = ChirpStackNetwork.StampOf(known.UpdatedAt),
                LastSeenAt = ChirpStackNetwork.Stamp(known.LastSeenAt),
                DeviceStatus = known.Status?.Clone(),
            });
        }
    }

    public override Task<Empty> Update(UpdateDeviceRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Device(request.Device.DevEui);
            var device = Checked(request.Device);
            if (network.Application(device.ApplicationId).Application.TenantId
                != network.Application(known.Device.ApplicationId).Application.TenantId)
            {
                throw ChirpStackNetwork.Invalid("Validation error: application and device are of different tenants");
            }

            if (device.ApplicationId != known.Device.ApplicationId)
            {
                foreach (var group in network.Groups.Values.Where(g => g.Group.ApplicationId != device.ApplicationId))
                {
                    group.DevEuis.Remove(device.DevEui);
                }
            }

            (known.Device, known.UpdatedAt) = (device, network.Now);
            return Done();
        }
    }

    public override Task<Empty> Delete(DeleteDeviceRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            network.RemoveDevice(network.Device(request.DevEui).Device.DevEui);
            return Done();
        }
    }

    public override Task<ListDevicesResponse> List(ListDevicesRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            if (request.ApplicationId.Length == 0 && request.MulticastGroupId.Length == 0)
            {
                throw ChirpStackNetwork.Invalid("either application_id or multicast_group_id must be set");
            }

            var application = request.ApplicationId.Length == 0 ? null : network.Application(request.ApplicationId).Application.Id;
            var members = request.MulticastGroupId.Length == 0 ? null : network.Group(request.MulticastGroupId).DevEuis;
            var found = network.Devices.Values
                .Where(d => (application is null || d.Device.ApplicationId == application)
                    && (members is null || members.Contains(d.Device.DevEui))
                    && (d.Device.Name + d.Device.DevEui).Contains(request.Search, StringComparison.OrdinalIgnoreCase))
                .OrderBy(d => d.Device.Name, StringComparer.Ordinal).ThenBy(d => d.Device.DevEui, StringComparer.Ordinal).ToList();
            return Task.FromResult(new ListDevicesResponse
            {
                TotalCount = (uint)found.Count,
                Result = { ChirpStackNetwork.Page(found, request.Limit, request.Offset).Select(ItemOf) },
            });
        }
    }

    public override Task<Empty> CreateKeys(CreateDeviceKeysRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Device(request.DeviceKeys.DevEui);
            var keys = Checked(request.DeviceKeys);
            known.Keys = known.Keys is null ? keys : throw ChirpStackNetwork.Taken(keys.DevEui);
            return Done();
        }
    }

    public override Task<GetDeviceKeysResponse> GetKeys(GetDeviceKeysRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var keys = network.Device(request.DevEui).Keys ?? throw ChirpStackNetwork.Missing(request.DevEui);
            return Task.FromResult(new GetDeviceKeysResponse { DeviceKeys = keys.Clone() });
        }
    }

    public override Task<Empty> UpdateKeys(UpdateDeviceKeysRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Device(request.DeviceKeys.DevEui);
            var keys = Checked(request.DeviceKeys);
            known.Keys = known.Keys is null ? throw ChirpStackNetwork.Missing(keys.DevEui) : keys;
            return Done();
        }
    }

    public override Task<Empty> DeleteKeys(DeleteDeviceKeysRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Device(request.DevEui);
            known.Keys = known.Keys is null ? throw ChirpStackNetwork.Missing(request.DevEui) : null;
            return Done();
        }
    }

    public override Task<Empty> FlushDevNonces(FlushDevNoncesRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            _ = network.Device(request.DevEui).Keys ?? throw ChirpStackNetwork.Missing(request.DevEui);
            return Done();
        }
    }

    public override Task<Empty> Activate(ActivateDeviceRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var asked = request.DeviceActivation;
            var known = network.Device(asked.DevEui);
            var activation = asked.Clone();
            activation.DevEui = known.Device.DevEui;
            activation.DevAddr = ChirpStackNetwork.Hex(asked.DevAddr, 8);
            activation.AppSKey = ChirpStackNetwork.Hex(asked.AppSKey, KeyDigits);
            activation.NwkSEncKey = ChirpStackNetwork.Hex(asked.NwkSEncKey, KeyDigits);
            activation.SNwkSIntKey = ChirpStackNetwork.Hex(asked.SNwkSIntKey, KeyDigits);
            activation.FNwkSIntKey = ChirpStackNetwork.Hex(asked.FNwkSIntKey, KeyDigits);
            (known.Activation, known.NextFCntDown) = (activation, asked.NFCntDown);
            return Done();
        }
    }

    public override Task<Empty> Deactivate(DeactivateDeviceRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            network.Device(request.DevEui).Activation = null;
            return Done();
        }
    }

    public override Task<GetDeviceActivationResponse> GetActivation(GetDeviceActivationRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            return Task.FromResult(new GetDeviceActivationResponse { DeviceActivation = network.Device(request.DevEui).Activation?.Clone() });
        }
    }

    public override Task<GetRandomDevAddrResponse> GetRandomDevAddr(GetRandomDevAddrRequest request, ServerCallContext context)
    {
        // The network id of private networks, which all begin with seven zeros.
        var address = RandomNumberGenerator.GetBytes(4);
        address[0] &= 0x01;
        return Task.FromResult(new GetRandomDevAddrResponse { DevAddr = Convert.ToHexStringLower(address) });
    }

    public override Task<GetDeviceLinkMetricsResponse> GetLinkMetrics(GetDeviceLinkMetricsRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var days = PlayedMetrics.DaysOf(request.Start, request.End);
            var known = network.Device(request.DevEui).Days;
            var rates = known.Values.SelectMany(d => d.PerDr.Keys).Distinct().Order()
                .Select(dr => (dr.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    (Func<DateOnly, double>)(d => known.TryGetValue(d, out var day) ? day.PerDr.GetValueOrDefault(dr) : 0)));
            return Task.FromResult(new GetDeviceLinkMetricsResponse
            {
                RxPackets = PlayedMetrics.Of("Received", days, ("rx_count", d => known.GetValueOrDefault(d).Count)),
                GwRssi = PlayedMetrics.Of("RSSI", days, ("rssi", d => known.TryGetValue(d, out var day) ? day.Rssi / day.Count : 0)),
                GwSnr = PlayedMetrics.Of("SNR", days, ("snr", d => known.TryGetValue(d, out var day) ? day.Snr / day.Count : 0)),
                RxPacketsPerDr = PlayedMetrics.Of("Received / DR", days, [.. rates]),
            });
        }
    }

    public override Task<EnqueueDeviceQueueItemResponse> Enqueue(EnqueueDeviceQueueItemRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var known = network.Device(request.QueueItem.DevEui);
            if (request.QueueItem.FPort is 0 or > 255)
            {
                throw ChirpStackNetwork.Invalid("Validation error: FPort must be between 1 - 255");
            }

            if (known.Queue.Count >= MaxQueue)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "Max. number of queue items exceeded"));
            }

            var item = request.QueueItem.Clone();
            (item.Id, item.DevEui) = (Guid.NewGuid().ToString(), known.Device.DevEui);
            known.Queue.Add(item);
            return Task.FromResult(new EnqueueDeviceQueueItemResponse { Id = item.Id });
        }
    }

    public override Task<Empty> FlushQueue(FlushDeviceQueueRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            network.Device(request.DevEui).Queue.Clear();
            return Done();
        }
    }

    public override Task<GetDeviceQueueItemsResponse> GetQueue(GetDeviceQueueItemsRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var queue = network.Device(request.DevEui).Queue;
            return Task.FromResult(new GetDeviceQueueItemsResponse
            {
                TotalCount = (uint)queue.Count,
                Result = { request.CountOnly ? [] : queue.Select(i => i.Clone()) },
            });
        }
    }

    public override Task<GetDeviceNextFCntDownResponse> GetNextFCntDown(GetDeviceNextFCntDownRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            return Task.FromResult(new GetDeviceNextFCntDownResponse { FCntDown = network.Device(request.DevEui).NextFCntDown });
        }
    }

    private static Task<Empty> Done() => Task.FromResult(new Empty());

    private static DeviceKeys Checked(DeviceKeys asked) => new()
    {
        DevEui = ChirpStackNetwork.Eui(asked.DevEui),
        NwkKey = ChirpStackNetwork.Hex(asked.NwkKey, KeyDigits),
        AppKey = ChirpStackNetwork.HexOrZeros(asked.AppKey, KeyDigits),
    };

    private Device Checked(Device asked)
    {
        ChirpStackNetwork.Named(asked.Name);
        var device = asked.Clone();
        device.DevEui = ChirpStackNetwork.Eui(asked.DevEui);
        device.JoinEui = ChirpStackNetwork.HexOrZeros(asked.JoinEui, 16);
        var application = network.Application(asked.ApplicationId).Application;
        var profile = network.Profile(asked.DeviceProfileId).Profile;
        (device.ApplicationId, device.DeviceProfileId) = (application.Id, profile.Id);
        return profile.TenantId == application.TenantId
            ? device
            : throw ChirpStackNetwork.Invalid("Validation error: application and device-profile are of different tenants");
    }

    private DeviceListItem ItemOf(PlayedDevice known)
    {
        var item = new DeviceListItem
        {
            DevEui = known.Device.DevEui,
            Name = known.Device.Name,
            Description = known.Device.Description,
            DeviceProfileId = known.Device.DeviceProfileId,
            DeviceProfileName = network.Profile(known.Device.DeviceProfileId).Profile.Name,
            DeviceStatus = known.Status?.Clone(),
            CreatedAt = ChirpStackNetwork.StampOf(known.CreatedAt),
            UpdatedAt = ChirpStackNetwork.StampOf(known.UpdatedAt),
            LastSeenAt = ChirpStackNetwork.Stamp(known.LastSeenAt),
        };
        item.Tags.Add(known.Device.Tags);
        return item;
    }
}
