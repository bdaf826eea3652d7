using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Api.ChirpStack;

internal sealed class CreateDeviceProfileRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["deviceProfile"] = LoRaWanFields.Object(DeviceProfileMembers.Shape),
        ["internalOrganizationId"] = Is.Id(),
    };

    public DeviceProfileMembers DeviceProfile { get; init; } = new();

    /// <summary>The organization whose profile it is; stays so.</summary>
    public int InternalOrganizationId { get; init; }
}

internal sealed class UpdateDeviceProfileRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["deviceProfile"] = LoRaWanFields.Object(DeviceProfileMembers.Shape) };

    public DeviceProfileMembers DeviceProfile { get; init; } = new();
}

/// <summary>A profile as a user fills it in.</summary>
internal sealed class DeviceProfileMembers
{
    private const int LastRegParamsRevision = 7;

    private const int AdrAlgorithmMaxLength = 100;

    public static Shape Shape { get; } = new()
    {
        ["name"] = Is.Text().Length(1, DeviceProfile.NameMaxLength),
        ["macVersion"] = LoRaWanFields.Choice(DeviceProfile.LoRaWan11),
        ["regParamsRevision"] = LoRaWanFields.Choice(LastRegParamsRevision),
        ["adrAlgorithmID"] = Is.Text().AtMost(AdrAlgorithmMaxLength),
        ["supportsJoin"] = Is.Boolean().Optional(),
        ["supportsClassB"] = Is.Boolean().Optional(),
        ["supportsClassC"] = Is.Boolean().Optional(),
        ["classCTimeout"] = Number(),
        ["classBTimeout"] = NumberIf("classBTimeout", HasClassB),
        ["pingSlotDR"] = NumberIf("pingSlotDR", HasClassB),
        ["pingSlotFreq"] = NumberIf("pingSlotFreq", HasClassB),
        ["pingSlotPeriod"] = Number().Optional(),
        ["rxDROffset1"] = NumberIf("rxDROffset1", IsByPersonalization),
        ["rxDataRate2"] = NumberIf("rxDataRate2", IsByPersonalization),
        ["rxDelay1"] = NumberIf("rxDelay1", IsByPersonalization),
        ["rxFreq2"] = NumberIf("rxFreq2", IsByPersonalization),
        ["devStatusReqFreq"] = Number().Optional(),
    };

    public string Name { get; init; } = "";

    /// <summary>ChirpStack's number: 0 to 4 for LoRaWAN 1.0.0 to 1.0.4, 5 for 1.1.0.</summary>
    public JsonElement MacVersion { get; init; }

    /// <summary>ChirpStack's number: 0 is A, 1 is B, from 2 on those of RP002.</summary>
    public JsonElement RegParamsRevision { get; init; }

    [JsonPropertyName("adrAlgorithmID")]
    public string AdrAlgorithmId { get; init; } = "";

    /// <summary>Devices join over the air; otherwise they are personalized.</summary>
    public bool? SupportsJoin { get; init; }

    public bool? SupportsClassB { get; init; }

    public bool? SupportsClassC { get; init; }

    /// <summary>Seconds.</summary>
    public int? ClassBTimeout { get; init; }

    /// <summary>Seconds.</summary>
    public int? ClassCTimeout { get; init; }

    [JsonPropertyName("pingSlotDR")]
    public int? PingSlotDr { get; init; }

    /// <summary>Hz.</summary>
    public int? PingSlotFreq { get; init; }

    public int? PingSlotPeriod { get; init; }

    [JsonPropertyName("rxDROffset1")]
    public int? RxDrOffset1 { get; init; }

    public int? RxDataRate2 { get; init; }

    public int? RxDelay1 { get; init; }

    /// <summary>Hz.</summary>
    public int? RxFreq2 { get; init; }

    /// <summary>How often a day the network asks devices for their status.</summary>
    public int? DevStatusReqFreq { get; init; }

    public void ApplyTo(DeviceProfile profile)
    {
        profile.Name = Name;
        profile.MacVersion = LoRaWanFields.ChoiceOf(MacVersion)!.Value;
        profile.RegParamsRevision = LoRaWanFields.ChoiceOf(RegParamsRevision)!.Value;
        profile.AdrAlgorithmId = AdrAlgorithmId;
        profile.SupportsJoin = SupportsJoin ?? profile.SupportsJoin;
        profile.SupportsClassB = SupportsClassB ?? profile.SupportsClassB;
        profile.SupportsClassC = SupportsClassC ?? profile.SupportsClassC;
        profile.ClassBTimeout = ClassBTimeout ?? profile.ClassBTimeout;
        profile.ClassCTimeout = ClassCTimeout;
        profile.PingSlotDr = PingSlotDr ?? profile.PingSlotDr;
        profile.PingSlotFreq = PingSlotFreq ?? profile.PingSlotFreq;
        profile.PingSlotPeriod = PingSlotPeriod ?? profile.PingSlotPeriod;
        profile.RxDrOffset1 = RxDrOffset1 ?? profile.RxDrOffset1;
        profile.RxDataRate2 = RxDataRate2 ?? profile.RxDataRate2;
        profile.RxDelay1 = RxDelay1 ?? profile.RxDelay1;
        profile.RxFreq2 = RxFreq2 ?? profile.RxFreq2;
        profile.DevStatusReqFreq = DevStatusReqFreq ?? profile.DevStatusReqFreq;
    }

    private static Field Number() => Is.Integer().AtLeast(0);

    // What need not be there must still be a number when it is.
    private static Field NumberIf(string name, Func<JsonElement, bool> isRequired) =>
        Number().When(p => isRequired(p) || Shape.Member(p, name) is { ValueKind: not JsonValueKind.Null });

    private static bool HasClassB(JsonElement profile) => Shape.Member(profile, "supportsClassB") is { ValueKind: JsonValueKind.True };

    private static bool IsByPersonalization(JsonElement profile) => Shape.Member(profile, "supportsJoin") is { ValueKind: JsonValueKind.False };
}
