using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

internal sealed class PlayedDeviceProfiles(ChirpStackNetwork network) : DeviceProfileService.DeviceProfileServiceBase
{
    private static readonly (string Id, string Name)[] AdrAlgorithms =
    [
        ("default", "Default ADR algorithm (LoRa only)"), ("lr_fhss", "LR-FHSS only ADR algorithm"), ("lora_lr_fhss", "LoRa & LR-FHSS ADR algorithm"),
    ];

    public override Task<CreateDeviceProfileResponse> Create(CreateDeviceProfileRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            Check(request.DeviceProfile);
            network.Tenant(request.DeviceProfile.TenantId);
            ChirpStackNetwork.Fits(network.Profiles);
            var profile = request.DeviceProfile.Clone();
            profile.Id = Guid.NewGuid().ToString();
            network.Profiles[profile.Id] = new PlayedProfile(profile, network.Now);
            return Task.FromResult(new CreateDeviceProfileResponse { Id = profile.Id });
        }
    }

    public override Task<GetDeviceProfileResponse> Get(GetDeviceProfileRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var (profile, createdAt) = network.Profile(request.Id);
            var at = ChirpStackNetwork.StampOf(createdAt);
            return Task.FromResult(new GetDeviceProfileResponse { DeviceProfile = profile.Clone(), CreatedAt = at, UpdatedAt = at });
        }
    }

    public override Task<Empty> Update(UpdateDeviceProfileRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            Check(request.DeviceProfile);
            var known = network.Profile(request.DeviceProfile.Id);
            var profile = request.DeviceProfile.Clone();
            (profile.Id, profile.TenantId) = (known.Profile.Id, known.Profile.TenantId);
            network.Profiles[profile.Id] = known with { Profile = profile };
            return Task.FromResult(new Empty());
        }
    }

    /// <summary>Its devices go with it.</summary>
    public override Task<Empty> Delete(DeleteDeviceProfileRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            var id = network.Profile(request.Id).Profile.Id;
            network.Profiles.Remove(id);
            foreach (var device in network.Devices.Values.Where(d => d.Device.DeviceProfileId == id).ToList())
            {
                network.RemoveDevice(device.Device.DevEui);
            }

            return Task.FromResult(new Empty());
        }
    }

    public override Task<ListDeviceProfilesResponse> List(ListDeviceProfilesRequest request, ServerCallContext context)
    {
        lock (network.Lock)
        {
            network.Tenant(request.TenantId);
            var found = network.Profiles.Values
                .Where(p => p.Profile.TenantId == ChirpStackNetwork.Uuid(request.TenantId)
                    && p.Profile.Name.Contains(request.Search, StringComparison.OrdinalIgnoreCase))
                .OrderBy(p => p.Profile.Name, StringComparer.Ordinal).ToList();
            return Task.FromResult(new ListDeviceProfilesResponse
            {
                TotalCount = (uint)found.Count,
                Result =
                {
                    ChirpStackNetwork.Page(found, request.Limit, request.Offset).Select(p => new DeviceProfileListItem
                    {
                        Id = p.Profile.Id,
                        Name = p.Profile.Name,
                        Region = p.Profile.Region,
                        MacVersion = p.Profile.MacVersion,
                        RegParamsRevision = p.Profile.RegParamsRevision,
                        SupportsOtaa = p.Profile.SupportsOtaa,
                        SupportsClassB = p.Profile.SupportsClassB,
                        SupportsClassC = p.Profile.SupportsClassC,
                        CreatedAt = ChirpStackNetwork.StampOf(p.CreatedAt),
                        UpdatedAt = ChirpStackNetwork.StampOf(p.CreatedAt),
                    }),
                },
            });
        }
    }

    public override Task<ListDeviceProfileAdrAlgorithmsResponse> ListAdrAlgorithms(Empty request, ServerCallContext context) => Task.FromResult(
        new ListDeviceProfileAdrAlgorithmsResponse
        {
            TotalCount = (uint)AdrAlgorithms.Length,
            Result = { AdrAlgorithms.Select(a => new AdrAlgorithmListItem { Id = a.Id, Name = a.Name }) },
        });

    private static void Check(DeviceProfile profile)
    {
        ChirpStackNetwork.Named(profile.Name);
        if (profile.AbpRx1DrOffset > 7)
        {
            throw ChirpStackNetwork.Invalid("Validation error: abp_rx1_dr_offset is not valid");
        }

        if (profile.SupportsClassB && profile.ClassBPingSlotPeriodicity > 7)
        {
            throw ChirpStackNetwork.Invalid("Validation error: class_b_ping_slot_periodicity is not valid");
        }
    }
}
