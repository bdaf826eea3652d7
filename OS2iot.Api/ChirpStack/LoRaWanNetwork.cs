using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.ChirpStack;

/// <summary>Devices that reach us over LoRaWAN.</summary>
internal sealed class LoRaWanNetwork(AppDbContext db, SecretProtector protector) : DeviceNetwork
{
    /// <summary>No device's id.</summary>
    private const int AnotherRow = -1;

    // What was asked for many requests at once: the answer is there, also when it is that there is nothing.
    private readonly Dictionary<(Guid Profile, int Application), DeviceProfile?> _profiles = [];
    private readonly Dictionary<string, int?> _owners = [];

    public override DeviceType Type => DeviceType.LoRaWan;

    /// <summary>Three commands, however many devices.</summary>
    public override async Task PrepareAsync(IReadOnlyList<DeviceRequest> requests, CancellationToken ct)
    {
        var sent = requests.Select(r => (r.ApplicationId, Settings: ReadableSettingsOf(r))).Where(r => r.Settings is not null).ToList();
        var profileIds = sent.Select(r => r.Settings!.DeviceProfileId).Distinct().ToList();
        var applicationIds = sent.Select(r => r.ApplicationId).Distinct().ToList();
        var devEuis = sent.Select(r => r.Settings!.DevEui.ToLowerInvariant()).Distinct().ToList();
        var profiles = await db.DeviceProfiles.Where(p => profileIds.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
        var organizations = await db.Applications.Where(a => applicationIds.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.OrganizationId, ct);
        foreach (var (application, settings) in sent)
        {
            var profile = profiles.GetValueOrDefault(settings!.DeviceProfileId);
            _profiles[(settings.DeviceProfileId, application)] =
                organizations.TryGetValue(application, out var organization) && profile?.OrganizationId == organization ? profile : null;
        }

        var owners = await db.LoRaWanDevices.Where(d => devEuis.Contains(d.DevEui)).Select(d => new { d.DevEui, d.Id }).ToDictionaryAsync(d => d.DevEui, d => d.Id, ct);
        devEuis.ForEach(e => _owners[e] = owners.TryGetValue(e, out var owner) ? owner : null);
    }

    public override async Task<Device> CreateAsync(DeviceRequest request, CancellationToken ct)
    {
        var settings = request.SettingsOf<LoRaWanSettings>(LoRaWanSettings.Name)
            ?? throw Refusal.Device($"{LoRaWanSettings.Name} should not be null or undefined");
        var device = new LoRaWanDevice { Name = request.Name, DevEui = settings.DevEui.ToLowerInvariant() };
        await ApplyAsync(device, settings, request.ApplicationId, ct);
        if (_owners.ContainsKey(device.DevEui))
        {
            // Of two rows with one id the first has it.
            _owners[device.DevEui] = AnotherRow;
        }

        return device;
    }

    public override async Task UpdateAsync(Device device, DeviceRequest request, CancellationToken ct)
    {
        var settings = request.Type == Type.ToWire() ? request.SettingsOf<LoRaWanSettings>(LoRaWanSettings.Name) : null;
        if (settings is not null)
        {
            await ApplyAsync((LoRaWanDevice)device, settings, request.ApplicationId, ct);
        }
        else if (db.Entry(device).Property(d => d.ApplicationId).IsModified)
        {
            await FindProfileAsync(((LoRaWanDevice)device).DeviceProfileId, request.ApplicationId, ct);
        }
    }

    public override void Write(Device device, IDictionary<string, object?> columns, bool showSecrets)
    {
        var own = (LoRaWanDevice)device;
        columns["deviceEUI"] = own.DevEui;
        columns["OTAAapplicationKey"] = Shown(ApplicationKeyOf(own), showSecrets);
        columns["deviceProfileName"] = own.DeviceProfile?.Name;
        columns["chirpstackApplicationId"] = own.ChirpStackApplicationId;
    }

    public override void WriteSettings(Device device, IDictionary<string, object?> members, bool showSecrets)
    {
        var own = (LoRaWanDevice)device;
        var settings = new Dictionary<string, object?>
        {
            ["devEUI"] = own.DevEui,
            ["deviceProfileID"] = own.DeviceProfileId,
            ["skipFCntCheck"] = own.SkipFCntCheck,
            ["isDisabled"] = own.IsDisabled,
            ["deviceStatusBattery"] = own.Radio?.BatteryLevel,
            ["deviceStatusMargin"] = own.Radio?.LinkMargin,
            ["activationType"] = LoRaWanSettings.WordOf(own.Activation),
        };
        if (own.Activation == Activation.Otaa)
        {
            settings["joinEUI"] = own.JoinEui;
            settings["OTAAapplicationKey"] = Shown(ApplicationKeyOf(own), showSecrets);
            if (HasTwoKeys(own))
            {
                settings["OTAAnetworkKey"] = Shown(own.NwkKeyCiphertext, showSecrets);
            }
        }
        else if (own.Activation == Activation.Abp)
        {
            settings["devAddr"] = own.DevAddr;
            settings["fCntUp"] = own.FCntUp;
            settings["nFCntDown"] = own.NFCntDown;
            settings["networkSessionKey"] = Shown(own.NwkSEncKeyCiphertext, showSecrets);
            settings["applicationSessionKey"] = Shown(own.AppSKeyCiphertext, showSecrets);
            if (own.DeviceProfile?.HasTwoRootKeys == true)
            {
                settings["sNwkSIntKey"] = Shown(own.SNwkSIntKeyCiphertext, showSecrets);
                settings["fNwkSIntKey"] = Shown(own.FNwkSIntKeyCiphertext, showSecrets);
            }
        }

        members[LoRaWanSettings.Name] = settings;
    }

    public override void Export(Device device, IDictionary<string, object?> columns)
    {
        var own = (LoRaWanDevice)device;
        columns["devEUI"] = own.DevEui;
        columns["deviceProfileID"] = own.DeviceProfileId;
        columns["skipFCntCheck"] = own.SkipFCntCheck;
        columns["activationType"] = LoRaWanSettings.WordOf(own.Activation);
    }

    private async Task ApplyAsync(LoRaWanDevice device, LoRaWanSettings settings, int applicationId, CancellationToken ct)
    {
        var profile = await FindProfileAsync(settings.DeviceProfileId, applicationId, ct);
        var devEui = settings.DevEui.ToLowerInvariant();
        if (await FindOwnerAsync(devEui, ct) is { } owner && owner != device.Id)
        {
            throw Refusal.Device(ErrorCodes.IdInvalidOrAlreadyInUse);
        }

        device.DevEui = devEui;
        device.DeviceProfileId = profile.Id;
        device.SkipFCntCheck = settings.SkipFCntCheck ?? device.SkipFCntCheck;
        device.IsDisabled = settings.IsDisabled ?? device.IsDisabled;
        device.JoinEui = settings.JoinEui.IsPresent ? settings.JoinEui.Value?.ToLowerInvariant() : device.JoinEui;
        device.Activation = settings.Activation ?? device.Activation;
        switch (device.Activation)
        {
            case Activation.Otaa:
                ApplyOtaa(device, settings, profile);
                ForgetAbp(device);
                break;
            case Activation.Abp:
                ApplyAbp(device, settings, profile);
                ForgetOtaa(device);
                break;
            default:
                ForgetOtaa(device);
                ForgetAbp(device);
                break;
        }
    }

    // A profile is its organization's own, as everything else.
    private async Task<DeviceProfile> FindProfileAsync(Guid id, int applicationId, CancellationToken ct)
    {
        if (!_profiles.TryGetValue((id, applicationId), out var profile))
        {
            profile = await db.DeviceProfiles.SingleOrDefaultAsync(
                p => p.Id == id && db.Applications.Any(a => a.Id == applicationId && a.OrganizationId == p.OrganizationId), ct);
        }

        return profile ?? throw Refusal.Device(ErrorCodes.IdDoesNotExist);
    }

    private async Task<int?> FindOwnerAsync(string devEui, CancellationToken ct) => _owners.TryGetValue(devEui, out var owner)
        ? owner
        : await db.LoRaWanDevices.Where(d => d.DevEui == devEui).Select(d => (int?)d.Id).SingleOrDefaultAsync(ct);

    // What can't be read is refused when its own turn comes.
    private static LoRaWanSettings? ReadableSettingsOf(DeviceRequest request)
    {
        try
        {
            return request.SettingsOf<LoRaWanSettings>(LoRaWanSettings.Name);
        }
        catch (Refusal)
        {
            return null;
        }
    }

    // Who has one key only sends it as the application's, and the network expects it in the place of its own.
    private void ApplyOtaa(LoRaWanDevice device, LoRaWanSettings settings, DeviceProfile profile)
    {
        var takesTwo = profile.HasTwoRootKeys && (settings.OtaaNetworkKey is not null || device.AppKeyCiphertext is not null);
        var network = takesTwo ? settings.OtaaNetworkKey : settings.OtaaApplicationKey;
        device.AppKeyCiphertext = takesTwo ? Kept(device.AppKeyCiphertext, settings.OtaaApplicationKey) : null;
        device.NwkKeyCiphertext = Kept(device.NwkKeyCiphertext, network);
        if (device.NwkKeyCiphertext is null || (takesTwo && device.AppKeyCiphertext is null))
        {
            throw Refusal.Device(ErrorCodes.OtaaKeyMissing);
        }
    }

    private void ApplyAbp(LoRaWanDevice device, LoRaWanSettings settings, DeviceProfile profile)
    {
        device.DevAddr = settings.DevAddr?.ToLowerInvariant() ?? device.DevAddr;
        device.FCntUp = settings.FCntUp ?? device.FCntUp;
        device.NFCntDown = settings.NFCntDown ?? device.NFCntDown;
        device.AppSKeyCiphertext = Kept(device.AppSKeyCiphertext, settings.ApplicationSessionKey);
        device.NwkSEncKeyCiphertext = Kept(device.NwkSEncKeyCiphertext, settings.NetworkSessionKey);
        device.SNwkSIntKeyCiphertext = profile.HasTwoRootKeys ? Kept(device.SNwkSIntKeyCiphertext, settings.SNwkSIntKey) : null;
        device.FNwkSIntKeyCiphertext = profile.HasTwoRootKeys ? Kept(device.FNwkSIntKeyCiphertext, settings.FNwkSIntKey) : null;
        if (device is not { DevAddr: not null, FCntUp: not null, NFCntDown: not null, AppSKeyCiphertext: not null, NwkSEncKeyCiphertext: not null })
        {
            throw Refusal.Device(ErrorCodes.AbpSessionMissing);
        }
    }

    private static void ForgetOtaa(LoRaWanDevice device) => (device.NwkKeyCiphertext, device.AppKeyCiphertext) = (null, null);

    private static void ForgetAbp(LoRaWanDevice device)
    {
        (device.DevAddr, device.FCntUp, device.NFCntDown, device.AFCntDown) = (null, null, null, null);
        (device.AppSKeyCiphertext, device.NwkSEncKeyCiphertext) = (null, null);
        (device.SNwkSIntKeyCiphertext, device.FNwkSIntKeyCiphertext) = (null, null);
    }

    private static bool HasTwoKeys(LoRaWanDevice device) => device is { DeviceProfile.HasTwoRootKeys: true, AppKeyCiphertext: not null };

    private static string? ApplicationKeyOf(LoRaWanDevice device) => HasTwoKeys(device) ? device.AppKeyCiphertext : device.NwkKeyCiphertext;

    // The same key encrypts to another text each time; only one that differs is a change.
    private string? Kept(string? stored, string? sent)
    {
        var key = sent?.ToLowerInvariant();
        return key is null || (stored is not null && protector.Unprotect(stored) == key) ? stored : protector.Protect(key);
    }

    private string? Shown(string? ciphertext, bool showSecrets) =>
        showSecrets && ciphertext is not null ? protector.Unprotect(ciphertext) : null;
}
