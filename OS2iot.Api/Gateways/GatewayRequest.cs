using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Gateways;

namespace OS2iot.Api.Gateways;

internal sealed class CreateGatewayRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["organizationId"] = Is.Id(),
        ["gateway"] = LoRaWanFields.Object(GatewayMembers.WhenNew),
    };

    /// <summary>Whose it is; stays so.</summary>
    public int OrganizationId { get; init; }

    public GatewayMembers Gateway { get; init; } = new();
}

internal sealed class UpdateGatewayRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["gateway"] = LoRaWanFields.Object(GatewayMembers.WhenChanged) };

    public GatewayMembers Gateway { get; init; } = new();
}

/// <summary>A gateway as a user fills it in.</summary>
internal sealed partial class GatewayMembers
{
    public static Shape WhenNew { get; } = new(Fields()) { ["gatewayId"] = LoRaWanFields.Hex(16) };

    public static Shape WhenChanged { get; } = new(Fields());

    /// <summary>EUI-64 as 16 hex digits. Only of a new gateway.</summary>
    public JsonElement GatewayId { get; init; }

    /// <summary>Letters, digits, dashes and underscores.</summary>
    public string Name { get; init; } = "";

    public Optional<string?> Description { get; init; }

    public GatewayLocation Location { get; init; } = new();

    /// <summary>A JSON object of texts, inside a text.</summary>
    public string TagsString { get; init; } = "{}";

    /// <summary>INDOORS, OUTDOORS or OTHER.</summary>
    public Optional<string?> Placement { get; init; }

    public Optional<string?> ModelName { get; init; }

    public Optional<string?> AntennaType { get; init; }

    /// <summary>IN-USE, PROJECT, PROTOTYPE or OTHER.</summary>
    public Optional<string?> Status { get; init; }

    /// <summary>Who owns the place where it stands.</summary>
    [JsonPropertyName("gatewayResponsibleName")]
    public Optional<string?> ResponsibleName { get; init; }

    [JsonPropertyName("gatewayResponsibleEmail")]
    public Optional<string?> ResponsibleEmail { get; init; }

    [JsonPropertyName("gatewayResponsiblePhoneNumber")]
    public Optional<string?> ResponsiblePhoneNumber { get; init; }

    /// <summary>Who keeps it running.</summary>
    public Optional<string?> OperationalResponsibleName { get; init; }

    public Optional<string?> OperationalResponsibleEmail { get; init; }

    /// <summary>Send an alarm when it has been silent for <see cref="OfflineAlarmThresholdMinutes"/>.</summary>
    public Optional<bool?> NotifyOffline { get; init; }

    /// <summary>Send an alarm when a day's packets are fewer or more than these.</summary>
    public Optional<bool?> NotifyUnusualPackages { get; init; }

    public Optional<int?> OfflineAlarmThresholdMinutes { get; init; }

    public Optional<int?> MinimumPackages { get; init; }

    public Optional<int?> MaximumPackages { get; init; }

    /// <summary>Where alarms go.</summary>
    public Optional<string?> AlarmMail { get; init; }

    public void ApplyTo(Gateway gateway)
    {
        gateway.Name = Name;
        gateway.Description = Description.Or(gateway.Description);
        gateway.Latitude = Location.Latitude;
        gateway.Longitude = Location.Longitude;
        gateway.Altitude = Location.Altitude.IsPresent ? GatewayLocation.AltitudeOf(Location.Altitude.Value) : gateway.Altitude;
        gateway.Tags = NetworkTags.ToStored(TagsString);
        gateway.Placement = Placement.Or(gateway.Placement);
        gateway.ModelName = ModelName.Or(gateway.ModelName);
        gateway.AntennaType = AntennaType.Or(gateway.AntennaType);
        gateway.Status = Status.Or(gateway.Status);
        gateway.ResponsibleName = ResponsibleName.Or(gateway.ResponsibleName);
        gateway.ResponsibleEmail = ResponsibleEmail.Or(gateway.ResponsibleEmail);
        gateway.ResponsiblePhoneNumber = ResponsiblePhoneNumber.Or(gateway.ResponsiblePhoneNumber);
        gateway.OperationalResponsibleName = OperationalResponsibleName.Or(gateway.OperationalResponsibleName);
        gateway.OperationalResponsibleEmail = OperationalResponsibleEmail.Or(gateway.OperationalResponsibleEmail);
        ApplyAlarmsTo(gateway);
    }

    private static KeyValuePair<string, Field>[] Fields() =>
    [
        new("name", Is.Text().Length(1, Gateway.NameMaxLength)
            .Rule("matches", IsName, _ => "The name may only contain words, numbers and dashes.")),
        new("description", Text()),
        new("location", LoRaWanFields.Object(GatewayLocation.Shape)),
        new("tagsString", NetworkTags.Field()),
        new("placement", Is.OneOf(["INDOORS", "OUTDOORS", "OTHER"]).Optional()),
        new("modelName", Text()),
        new("antennaType", Text()),
        new("status", Is.OneOf(["IN-USE", "PROJECT", "PROTOTYPE", "OTHER"]).Optional()),
        new("gatewayResponsibleName", Text()),
        new("gatewayResponsibleEmail", Is.Email().Optional()),
        new("gatewayResponsiblePhoneNumber", Text()),
        new("operationalResponsibleName", Text()),
        new("operationalResponsibleEmail", Is.Email().Optional()),
        new("notifyOffline", Is.Boolean().Optional()),
        new("notifyUnusualPackages", Is.Boolean().Optional()),
        new("offlineAlarmThresholdMinutes", Is.Integer().AtLeast(1).Optional()),
        new("minimumPackages", Is.Integer().AtLeast(0).Optional()),
        new("maximumPackages", Is.Integer().AtLeast(0).Optional()),
        new("alarmMail", Is.Email().Optional()),
    ];

    private static Field Text() => Is.Text().AtMost(Gateway.DescriptionMaxLength).Optional();

    private static bool IsName(JsonElement value) => value.ValueKind == JsonValueKind.String && NamePattern().IsMatch(value.GetString()!);

    private void ApplyAlarmsTo(Gateway gateway)
    {
        gateway.NotifyOffline = NotifyOffline.Or(gateway.NotifyOffline) ?? false;
        gateway.NotifyUnusualPackages = NotifyUnusualPackages.Or(gateway.NotifyUnusualPackages) ?? false;
        gateway.OfflineAlarmThresholdMinutes = OfflineAlarmThresholdMinutes.Or(gateway.OfflineAlarmThresholdMinutes);
        gateway.MinimumPackages = MinimumPackages.Or(gateway.MinimumPackages);
        gateway.MaximumPackages = MaximumPackages.Or(gateway.MaximumPackages);
        gateway.AlarmMail = AlarmMail.Or(gateway.AlarmMail);
    }

    [GeneratedRegex(@"^[a-zA-Z0-9\-_]+\z")]
    private static partial Regex NamePattern();
}

/// <summary>Where a gateway stands.</summary>
internal sealed class GatewayLocation
{
    public static Shape Shape { get; } = new()
    {
        ["longitude"] = Is.Number().AtLeast(-180).NotAbove(180),
        ["latitude"] = Is.Number().AtLeast(-90).NotAbove(90),
        ["altitude"] = new Field().Rule(
            "isNumber", v => AltitudeOf(v) is not null, p => $"{p} must be a number conforming to the specified constraints").Optional(),
    };

    public double Longitude { get; init; }

    public double Latitude { get; init; }

    /// <summary>Metres. Answers have it as text, and clients send back what they got.</summary>
    public Optional<JsonElement> Altitude { get; init; }

    public static double? AltitudeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when double.TryParse(
            value.GetString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => number,
        _ => null,
    };
}
