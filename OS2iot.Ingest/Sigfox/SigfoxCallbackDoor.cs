using System.Security.Cryptography;
using System.Text;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;
using OS2iot.Ingest.Devices;

namespace OS2iot.Ingest.Sigfox;

/// <summary>Whether a callback may come in: what it shows of its device type's secrets, and for which device.</summary>
internal sealed class SigfoxCallbackDoor(DeviceDirectory devices, LookupHash lookupHash, TimeProvider clock)
{
    private const int SigfoxIdMaxLength = 8;

    private const int SecretMaxLength = 200;

    public enum Verdict
    {
        Welcome,

        /// <summary>The address names another device type than the body.</summary>
        WrongKey,

        /// <summary>No such device, or of another type.</summary>
        NoSuchDevice,

        WrongSecret,
    }

    /// <exception cref="Npgsql.NpgsqlException">The database did not answer.</exception>
    /// <exception cref="TimeoutException">Too many look-ups wait already.</exception>
    public async ValueTask<(Verdict Verdict, KnownDevice? Device)> AskAsync(HttpRequest request, string deviceTypeId, string deviceId, CancellationToken ct)
    {
        if (!IsSame(Encoding.UTF8.GetBytes(request.Query["apiKey"].ToString()), Encoding.UTF8.GetBytes(deviceTypeId)))
        {
            return (Verdict.WrongKey, null);
        }

        if (deviceId.Length is 0 or > SigfoxIdMaxLength || !deviceId.All(char.IsAsciiHexDigit)
            || await devices.FindBySigfoxIdAsync(deviceId.ToUpperInvariant(), ct) is not { } device
            || device.SigfoxTypes.FirstOrDefault(t => IsType(t, deviceTypeId)) is not { } type)
        {
            return (Verdict.NoSuchDevice, null);
        }

        var now = clock.GetUtcNow();
        return Shows(request.Query["secret"], type.SecretHash, type.GuardedFrom <= now)
            && Shows(request.Headers[SigfoxCallbackSettings.SecretHeader], type.HeaderSecretHash, type.HeaderGuardedFrom <= now)
                ? (Verdict.Welcome, device)
                : (Verdict.WrongSecret, null);
    }

    /// <summary>A wrong secret is never right. None is, as long as Sigfox has not been told one, or may repeat what it sent before.</summary>
    private bool Shows(string? shown, byte[]? hash, bool isRequired) =>
        string.IsNullOrEmpty(shown) ? !isRequired : hash is null || (shown.Length <= SecretMaxLength && IsSame(lookupHash.Of(shown), hash));

    private static bool IsType(KnownSigfoxType type, string given) =>
        string.Equals(type.Id, given, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected) =>
        expected.Length > 0 && CryptographicOperations.FixedTimeEquals(given, expected);
}
