using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.ChirpStack;

/// <summary>A multicast group as a user fills it in. Answers have other names for the same things.</summary>
internal class MulticastRequest
{
    private static readonly string[] GroupTypes = ["CLASS_C", "CLASS_B"];

    public string? Name { get; init; }

    [JsonPropertyName("applicationID")]
    public int? ApplicationId { get; init; }

    /// <summary>The address that all devices listen to.</summary>
    public string? McAddr { get; init; }

    public string? McNwkSKey { get; init; }

    public string? McAppSKey { get; init; }

    [JsonPropertyName("fCnt")]
    public long? FCnt { get; init; }

    /// <summary>The data rate.</summary>
    public int? Dr { get; init; }

    /// <summary>Hz.</summary>
    public long? Frequency { get; init; }

    public string? GroupType { get; init; }

    /// <summary>LoRaWAN devices of the application; of each only the id counts.</summary>
    [JsonPropertyName("iotDevices")]
    public IReadOnlyList<DeviceReference>? Devices { get; init; }

    /// <summary>Changes what was sent. Keys that are the same are not written again.</summary>
    public void ApplyTo(MulticastGroup group, LoRaWanMulticast session, SecretProtector protector)
    {
        group.Name = Name ?? group.Name;
        session.Address = McAddr?.ToLowerInvariant() ?? session.Address;
        session.NetworkSessionKeyCiphertext = Kept(session.NetworkSessionKeyCiphertext, McNwkSKey, protector);
        session.ApplicationSessionKeyCiphertext = Kept(session.ApplicationSessionKeyCiphertext, McAppSKey, protector);
        session.FrameCounter = FCnt ?? session.FrameCounter;
        session.DataRate = Dr ?? session.DataRate;
        session.Frequency = Frequency ?? session.Frequency;
        session.GroupType = GroupType ?? session.GroupType;
    }

    protected static Shape ShapeOf(Func<Field, Field> presence) => new()
    {
        ["name"] = presence(Is.Text().Length(1, MulticastGroup.NameMaxLength)),
        ["applicationID"] = presence(Is.Id()),
        ["mcAddr"] = presence(LoRaWanFields.Hex(8)),
        ["mcNwkSKey"] = presence(LoRaWanFields.Hex(32)),
        ["mcAppSKey"] = presence(LoRaWanFields.Hex(32)),
        ["fCnt"] = presence(LoRaWanFields.UInt32()),
        ["dr"] = presence(Is.Integer().AtLeast(0)),
        ["frequency"] = presence(LoRaWanFields.UInt32()),
        ["groupType"] = presence(Is.OneOf(GroupTypes)),
        ["iotDevices"] = Is.ArrayOf(new Shape { ["id"] = Is.Id() }).Optional(),
    };

    private static string Kept(string stored, string? sent, SecretProtector protector)
    {
        var key = sent?.ToLowerInvariant();
        return key is null || (stored.Length > 0 && protector.Unprotect(stored) == key) ? stored : protector.Protect(key);
    }
}

internal sealed record DeviceReference(int Id);

internal sealed class CreateMulticastRequest : MulticastRequest, IBodyRequest
{
    public static Shape Shape { get; } = ShapeOf(field => field);
}

/// <summary>What is absent stays.</summary>
internal sealed class UpdateMulticastRequest : MulticastRequest, IBodyRequest
{
    public static Shape Shape { get; } = ShapeOf(field => field.Optional());
}
