using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>
/// Our callbacks of a device type at Sigfox: what there should be, what there is, and how the one becomes the other. Others' callbacks
/// are none of our business.
/// </summary>
internal sealed class SigfoxCallbacks(
    SigfoxClient sigfox,
    SecretProtector protector,
    LookupHash lookupHash,
    IOptions<IngestAddressOptions> ingest,
    IOptions<SigfoxOptions> sigfoxOptions,
    IOptions<SigfoxWorkOptions> options,
    TimeProvider clock)
{
    public const string NoAddress = "The public address of Ingest is not configured, so SigFox can't be told where to send messages.";

    private const string Refused = "refused";

    private const int SecretBytes = 24;

    /// <summary>Messages must come; the others may be refused, as they depend on the contract.</summary>
    private static readonly SigfoxCallbackKind[] Wanted =
    [
        SigfoxCallbackKind.Bidir, SigfoxCallbackKind.Acknowledge, SigfoxCallbackKind.DataAdvanced, SigfoxCallbackKind.Status, SigfoxCallbackKind.Error,
    ];

    /// <summary>Sigfox itself can't send to this machine's own address; the simulator can.</summary>
    private Uri? Address => ingest.Value.PublicUrl is { } url && (!url.IsLoopback || sigfoxOptions.Value.BaseAddress.IsLoopback) ? url : null;

    /// <summary>Our note of a device type; made when there is none. Null where none of our devices has the type.</summary>
    public async Task<SigfoxDeviceType?> FindOrAddAsync(AppDbContext db, string sigfoxId, CancellationToken ct)
    {
        if (await db.SigfoxDeviceTypes.Include(t => t.SigfoxGroup).SingleOrDefaultAsync(t => t.SigfoxId == sigfoxId, ct) is { } known)
        {
            return known;
        }

        var group = await db.SigfoxDevices.Where(d => d.SigfoxDeviceTypeId == sigfoxId || d.NextDeviceTypeId == sigfoxId)
            .OrderBy(d => d.Id).Select(d => d.SigfoxGroup).FirstOrDefaultAsync(ct);
        if (group is null)
        {
            return null;
        }

        var (secret, headerSecret) = (NewSecret(), NewSecret());
        var type = new SigfoxDeviceType
        {
            SigfoxId = sigfoxId,
            SigfoxGroup = group,
            SecretCiphertext = protector.Protect(secret),
            SecretHash = lookupHash.Of(secret),
            HeaderSecretCiphertext = protector.Protect(headerSecret),
            HeaderSecretHash = lookupHash.Of(headerSecret),
            CreatedAt = clock.GetUtcNow(),
        };
        db.SigfoxDeviceTypes.Add(type);
        return type;
    }

    /// <summary>Whether all that Sigfox takes is there and as it should be.</summary>
    /// <exception cref="SigfoxException">Sigfox did not say.</exception>
    public async Task<bool> IsGoodAsync(SigfoxDeviceType type, SigfoxLogin login, CancellationToken ct)
    {
        if (Address is not { } address)
        {
            type.CallbacksError = NoAddress;
            return true;
        }

        var present = await sigfox.ListCallbacksAsync(login, type.SigfoxId, ct);
        var refused = RefusedOf(type);
        var isGood = Wanted.All(kind => refused.ContainsKey(kind.ToString())
            || (Ours(present, kind, address) is [var one] && IsGood(kind, one, SettingsOf(type, kind, address))));
        if (isGood)
        {
            NoteGood(type);
        }

        return isGood;
    }

    /// <summary>Makes them so.</summary>
    /// <exception cref="SigfoxException">Sigfox did not do it.</exception>
    public async Task RepairAsync(SigfoxDeviceType type, SigfoxLogin login, CancellationToken ct)
    {
        if (Address is not { } address)
        {
            type.CallbacksError = NoAddress;
            return;
        }

        var present = await sigfox.ListCallbacksAsync(login, type.SigfoxId, ct);
        var refused = RefusedOf(type);
        var states = new List<SigfoxCallbackState>();
        foreach (var kind in Wanted)
        {
            states.Add(refused.TryGetValue(kind.ToString(), out var before)
                ? before
                : await RepairAsync(type, kind, Ours(present, kind, address), SettingsOf(type, kind, address), login, ct));
        }

        if (states.Exists(s => s.State == Refused && !refused.ContainsKey(s.Kind)))
        {
            type.CallbacksRefusedAt = clock.GetUtcNow();
        }

        type.Callbacks = JsonSerializer.Serialize(states, JsonSerializerOptions.Web);
        RequireSecrets(type);
        NoteGood(type);
    }

    private async Task<SigfoxCallbackState> RepairAsync(
        SigfoxDeviceType type,
        SigfoxCallbackKind kind,
        List<SigfoxCallbackAtSigfox> present,
        SigfoxCallbackSettings wanted,
        SigfoxLogin login,
        CancellationToken ct)
    {
        try
        {
            var (id, state) = await MakeAsync(type, kind, present, wanted, login, ct);
            foreach (var other in present.Where(p => p.Id != id))
            {
                await sigfox.DeleteCallbackAsync(login, type.SigfoxId, other.Id, ct);
            }

            return new SigfoxCallbackState(kind.ToString(), id, state, Error: null);
        }
        catch (SigfoxException exception) when (
            kind != SigfoxCallbackKind.Bidir && exception.Failure is SigfoxFailure.Refused or SigfoxFailure.Unexpected)
        {
            return new SigfoxCallbackState(kind.ToString(), Id: null, Refused, exception.Message);
        }
    }

    private async Task<(string Id, string State)> MakeAsync(
        SigfoxDeviceType type,
        SigfoxCallbackKind kind,
        List<SigfoxCallbackAtSigfox> present,
        SigfoxCallbackSettings wanted,
        SigfoxLogin login,
        CancellationToken ct)
    {
        var found = present.Find(p => p.IsAs(wanted)) ?? present.FirstOrDefault();
        var (id, state) = (found?.Id, "good");
        if (found is null)
        {
            (id, state) = (await sigfox.CreateCallbackAsync(login, type.SigfoxId, wanted, ct), "repaired");
        }
        else if (!found.IsAs(wanted))
        {
            await sigfox.UpdateCallbackAsync(login, type.SigfoxId, found.Id, wanted, ct);
            state = "repaired";
        }

        if (kind == SigfoxCallbackKind.Bidir && found?.IsForDownlink is not true)
        {
            await sigfox.SelectForDownlinkAsync(login, type.SigfoxId, id!, ct);
            state = "repaired";
        }

        return (id!, state);
    }

    private static bool IsGood(SigfoxCallbackKind kind, SigfoxCallbackAtSigfox present, SigfoxCallbackSettings wanted) =>
        present.IsAs(wanted) && (kind != SigfoxCallbackKind.Bidir || present.IsForDownlink is not false);

    private static List<SigfoxCallbackAtSigfox> Ours(List<SigfoxCallbackAtSigfox> present, SigfoxCallbackKind kind, Uri address) =>
        present.FindAll(p => p.Url.StartsWith(address.AbsoluteUri.TrimEnd('/') + kind.PathOf(), StringComparison.OrdinalIgnoreCase)
            && SigfoxCallbackKinds.OfAddress(p.Url) == kind);

    private SigfoxCallbackSettings SettingsOf(SigfoxDeviceType type, SigfoxCallbackKind kind, Uri address) => SigfoxCallbackSettings.Of(
        kind,
        address,
        type.SigfoxId,
        protector.Unprotect(type.SecretCiphertext),
        sigfoxOptions.Value.SecretInHeader ? protector.Unprotect(type.HeaderSecretCiphertext) : null);

    /// <summary>What Sigfox would not have lately; asked again each hour it would only cost calls.</summary>
    private Dictionary<string, SigfoxCallbackState> RefusedOf(SigfoxDeviceType type) =>
        type.Callbacks is null || type.CallbacksRefusedAt is not { } at || clock.GetUtcNow() - at > options.Value.RefusedAgainAfter
            ? []
            : (JsonSerializer.Deserialize<List<SigfoxCallbackState>>(type.Callbacks, JsonSerializerOptions.Web) ?? [])
                .Where(s => s.State == Refused).ToDictionary(s => s.Kind);

    private void RequireSecrets(SigfoxDeviceType type)
    {
        var from = clock.GetUtcNow() + options.Value.SecretGrace;
        type.GuardedFrom ??= from;
        type.HeaderGuardedFrom = sigfoxOptions.Value.SecretInHeader ? type.HeaderGuardedFrom ?? from : null;
    }

    private void NoteGood(SigfoxDeviceType type)
    {
        var now = clock.GetUtcNow();
        (type.CallbacksCheckedAt, type.CallbacksGoodAt, type.CallbacksError) = (now, now, null);
    }

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
}
