namespace OS2iot.Core.Sigfox;

/// <summary>The callbacks of Sigfox that we take.</summary>
public enum SigfoxCallbackKind
{
    /// <summary>A device's message.</summary>
    Uplink,

    /// <summary>A device's message, and perhaps a question for a downlink.</summary>
    Bidir,

    /// <summary>Battery and temperature of a device. Sigfox ends it in April 2027.</summary>
    Status,

    /// <summary>What became of a downlink.</summary>
    Acknowledge,

    /// <summary>A device's message half a minute later, with who heard it and where it may have been.</summary>
    DataAdvanced,

    /// <summary>Sigfox has trouble with a device.</summary>
    Error,
}

/// <summary>Where each kind comes in, and what Sigfox calls it.</summary>
public static class SigfoxCallbackKinds
{
    /// <summary>Of all callbacks.</summary>
    public const string Path = "/api/v1/sigfox-callback";

    private static readonly Dictionary<SigfoxCallbackKind, (string Path, int Type, int Subtype)> Known = new()
    {
        [SigfoxCallbackKind.Uplink] = ("/data/uplink", 0, 2),
        [SigfoxCallbackKind.Bidir] = ("/data/bidir", 0, 3),
        [SigfoxCallbackKind.Status] = ("/service/status", 1, 0),
        [SigfoxCallbackKind.Acknowledge] = ("/service/acknowledge", 1, 4),
        [SigfoxCallbackKind.DataAdvanced] = ("/service/data-advanced", 1, 6),
        [SigfoxCallbackKind.Error] = ("/error", 2, 2),
    };

    public static IReadOnlyCollection<SigfoxCallbackKind> All => Known.Keys;

    /// <summary>Of our address.</summary>
    public static string PathOf(this SigfoxCallbackKind kind) => Path + Known[kind].Path;

    /// <summary>At Sigfox.</summary>
    public static (int Type, int Subtype) TypeOf(this SigfoxCallbackKind kind) => (Known[kind].Type, Known[kind].Subtype);

    /// <summary>Brings a message of a device.</summary>
    public static bool BringsUplink(this SigfoxCallbackKind kind) =>
        kind is SigfoxCallbackKind.Uplink or SigfoxCallbackKind.Bidir or SigfoxCallbackKind.DataAdvanced;

    /// <returns>Null where an address is none of ours.</returns>
    public static SigfoxCallbackKind? OfAddress(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            return null;
        }

        foreach (var kind in All)
        {
            if (address.AbsolutePath.EndsWith(kind.PathOf(), StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }

        return null;
    }
}
