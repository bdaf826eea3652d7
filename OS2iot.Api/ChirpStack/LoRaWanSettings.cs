using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Api.ChirpStack;

/// <summary>What a request says about a device's place in the LoRaWAN network. Keys are hex digits.</summary>
internal sealed class LoRaWanSettings
{
    /// <summary>The member of a device that holds them.</summary>
    public const string Name = "lorawanSettings";

    private const string Otaa = "OTAA";

    private const string Abp = "ABP";

    private static readonly Dictionary<string, Activation> Activations = new()
    {
        ["NONE"] = Core.ChirpStack.Activation.None,
        [Otaa] = Core.ChirpStack.Activation.Otaa,
        [Abp] = Core.ChirpStack.Activation.Abp,
    };

    private static readonly Shape Shape = new()
    {
        ["devEUI"] = LoRaWanFields.Hex(16),
        ["deviceProfileID"] = LoRaWanFields.Uuid(),
        ["skipFCntCheck"] = Is.Boolean().Optional(),
        ["isDisabled"] = Is.Boolean().Optional(),
        ["activationType"] = Is.OneOf(Activations.Keys).Optional(),
        ["joinEUI"] = LoRaWanFields.Hex(16).Optional(),
        ["OTAAapplicationKey"] = Key().When(s => Applies(Otaa, s)),
        ["OTAAnetworkKey"] = Key().When(s => Applies(Otaa, s)),
        ["devAddr"] = LoRaWanFields.Hex(8).Optional().When(s => Applies(Abp, s)),
        ["fCntUp"] = LoRaWanFields.UInt32().Optional().When(s => Applies(Abp, s)),
        ["nFCntDown"] = LoRaWanFields.UInt32().Optional().When(s => Applies(Abp, s)),
        ["networkSessionKey"] = Key().When(s => Applies(Abp, s)),
        ["applicationSessionKey"] = Key().When(s => Applies(Abp, s)),
        ["sNwkSIntKey"] = Key().When(s => Applies(Abp, s)),
        ["fNwkSIntKey"] = Key().When(s => Applies(Abp, s)),
    };

    [JsonPropertyName("devEUI")]
    public string DevEui { get; init; } = "";

    /// <summary>A profile of the organization that the device's application belongs to.</summary>
    [JsonPropertyName("deviceProfileID")]
    public Guid DeviceProfileId { get; init; }

    [JsonPropertyName("skipFCntCheck")]
    public bool? SkipFCntCheck { get; init; }

    public bool? IsDisabled { get; init; }

    /// <summary>NONE, OTAA or ABP. Absent: as it was; NONE for a new device.</summary>
    public string? ActivationType { get; init; }

    /// <summary>OTAA. Zeros when nobody says.</summary>
    [JsonPropertyName("joinEUI")]
    public Optional<string?> JoinEui { get; init; }

    /// <summary>OTAA: the key that device and network share; in LoRaWAN 1.1 that of the application.</summary>
    [JsonPropertyName("OTAAapplicationKey")]
    public string? OtaaApplicationKey { get; init; }

    /// <summary>OTAA with LoRaWAN 1.1 only: the key of the network. Absent: the application's key serves both.</summary>
    [JsonPropertyName("OTAAnetworkKey")]
    public string? OtaaNetworkKey { get; init; }

    /// <summary>ABP.</summary>
    public string? DevAddr { get; init; }

    /// <summary>ABP.</summary>
    [JsonPropertyName("fCntUp")]
    public long? FCntUp { get; init; }

    /// <summary>ABP.</summary>
    [JsonPropertyName("nFCntDown")]
    public long? NFCntDown { get; init; }

    /// <summary>ABP; in LoRaWAN 1.1 the one that encrypts.</summary>
    public string? NetworkSessionKey { get; init; }

    /// <summary>ABP.</summary>
    public string? ApplicationSessionKey { get; init; }

    /// <summary>ABP with LoRaWAN 1.1 only: the serving network's integrity key. Absent: the network session key.</summary>
    [JsonPropertyName("sNwkSIntKey")]
    public string? SNwkSIntKey { get; init; }

    /// <summary>ABP with LoRaWAN 1.1 only: the forwarding network's integrity key. Absent: the network session key.</summary>
    [JsonPropertyName("fNwkSIntKey")]
    public string? FNwkSIntKey { get; init; }

    [JsonIgnore]
    public Activation? Activation => ActivationType is null ? null : Activations[ActivationType];

    /// <summary>The rules of the member; whether it may be absent is for the network to say.</summary>
    public static Field Field() => LoRaWanFields.Object(Shape).Optional();

    public static string WordOf(Activation activation) => Activations.Single(a => a.Value == activation).Key;

    private static Field Key() => LoRaWanFields.Hex(32).Optional();

    // Keys of the other activation are not looked at: forms send them along.
    private static bool Applies(string word, JsonElement settings) => Validation.Shape.Member(settings, "activationType") switch
    {
        null or { ValueKind: JsonValueKind.Null } => true,
        { ValueKind: JsonValueKind.String } type => type.GetString() == word,
        _ => false,
    };
}
