using System.Globalization;
using System.Text.Json;

namespace OS2iot.Core.Sigfox;

/// <summary>What Sigfox says became of a downlink.</summary>
/// <param name="IsAcknowledged">The device has it.</param>
/// <param name="IsPending">Nothing is decided yet.</param>
/// <param name="IsWorthAnotherTry">It may arrive when it is sent again.</param>
/// <param name="Error">Why the device does not have it, for people.</param>
public readonly record struct SigfoxAcknowledgement(bool IsAcknowledged, bool IsPending, bool IsWorthAnotherTry, string? Error)
{
    private static readonly Dictionary<int, (string Text, bool Again)> Failures = new()
    {
        [1] = ("The device was not answered, or did not say that it was.", true),
        [2] = ("SigFox found the payload to be none of 8 bytes.", false),
        [3] = ("The network had too much to send just then.", true),
        [4] = ("The network could not send it.", true),
        [6] = ("The contract has no downlinks.", false),
        [7] = ("The device's downlinks of the day are used up.", false),
        [8] = ("The device type at SigFox is not set up for downlinks by callback.", false),
    };

    public static SigfoxAcknowledgement Of(JsonElement json)
    {
        var code = SigfoxNotice.NumberIn(json, "infoCode");
        return code switch
        {
            0 => new(IsAcknowledged: true, IsPending: false, IsWorthAnotherTry: false, Error: null),
            5 => new(IsAcknowledged: false, IsPending: true, IsWorthAnotherTry: false, Error: null),
            { } number when Failures.TryGetValue((int)Math.Clamp(number, int.MinValue, int.MaxValue), out var failure) =>
                new(IsAcknowledged: false, IsPending: false, failure.Again, failure.Text),
            _ => new(IsAcknowledged: false, IsPending: false, IsWorthAnotherTry: false, Unknown(code, SigfoxNotice.TextIn(json, "infoMessage"))),
        };
    }

    private static string Unknown(double? code, string? message) =>
        message ?? (code is { } number ? string.Create(CultureInfo.InvariantCulture, $"SigFox says {number}.") : "SigFox does not say why.");
}
