using System.Globalization;

namespace OS2iot.Core.MqttDevices;

/// <summary>
/// The names by which our broker knows devices. Those of our own services begin with <c>os2iot</c>, those in certificates are the
/// devices' ids: nobody who chooses a name can take one of either kind.
/// </summary>
public static class MqttAccountName
{
    /// <summary>What the names of our own services' accounts and their client ids begin with.</summary>
    public const string OfServices = "os2iot";

    /// <summary>Of a device with a certificate.</summary>
    public static string OfDevice(int deviceId) => deviceId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether people may give the name to a device with a password.</summary>
    public static bool MayBeChosen(string name) =>
        name.Length > 0 && !name.All(char.IsAsciiDigit) && !name.StartsWith(OfServices, StringComparison.OrdinalIgnoreCase)
        && !name.Any(char.IsControl) && name.AsSpan().IndexOfAny("+#") < 0;
}
