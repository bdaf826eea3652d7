using System.Globalization;
using System.Text.Json.Serialization;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Core.Gateways;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

internal class GatewayResponse(Gateway gateway, Organization organization) : EntityResponse(gateway)
{
    public string Name { get; } = gateway.Name;

    public string? Description { get; } = gateway.Description;

    public string GatewayId { get; } = gateway.GatewayId;

    /// <summary>Today.</summary>
    public int RxPacketsReceived { get; } = gateway.RxPacketsReceived;

    /// <summary>Today.</summary>
    public int TxPacketsEmitted { get; } = gateway.TxPacketsEmitted;

    public IReadOnlyDictionary<string, string> Tags { get; } = NetworkTags.Read(gateway.Tags);

    public GatewayPlace? Location { get; } = GatewayPlace.Of(gateway);

    /// <summary>Metres, as text.</summary>
    public string? Altitude { get; } = GatewayPlace.AltitudeOf(gateway);

    public DateTimeOffset? LastSeenAt { get; } = gateway.LastSeenAt;

    public OrganizationCore Organization { get; } = new(organization);

    public int OrganizationId { get; } = organization.Id;

    public string OrganizationName { get; } = organization.Name;

    public string? Placement { get; } = gateway.Placement;

    public string? ModelName { get; } = gateway.ModelName;

    public string? AntennaType { get; } = gateway.AntennaType;

    public string? Status { get; } = gateway.Status;

    [JsonPropertyName("gatewayResponsibleName")]
    public string? ResponsibleName { get; } = gateway.ResponsibleName;

    [JsonPropertyName("gatewayResponsibleEmail")]
    public string? ResponsibleEmail { get; } = gateway.ResponsibleEmail;

    [JsonPropertyName("gatewayResponsiblePhoneNumber")]
    public string? ResponsiblePhoneNumber { get; } = gateway.ResponsiblePhoneNumber;

    public string? OperationalResponsibleName { get; } = gateway.OperationalResponsibleName;

    public string? OperationalResponsibleEmail { get; } = gateway.OperationalResponsibleEmail;

    public bool NotifyOffline { get; } = gateway.NotifyOffline;

    public bool NotifyUnusualPackages { get; } = gateway.NotifyUnusualPackages;

    public int? OfflineAlarmThresholdMinutes { get; } = gateway.OfflineAlarmThresholdMinutes;

    public int? MinimumPackages { get; } = gateway.MinimumPackages;

    public int? MaximumPackages { get; } = gateway.MaximumPackages;

    public string? AlarmMail { get; } = gateway.AlarmMail;
}

internal sealed class GatewayDetails(Gateway gateway, Organization organization) : GatewayResponse(gateway, organization)
{
    public int? CreatedBy { get; } = gateway.CreatedById;

    public int? UpdatedBy { get; } = gateway.UpdatedById;
}

/// <summary>Not GeoJSON, as with devices.</summary>
internal sealed record GatewayPlace(double Latitude, double Longitude, string? Altitude)
{
    public static GatewayPlace? Of(Gateway gateway) => gateway is { Latitude: { } latitude, Longitude: { } longitude }
        ? new GatewayPlace(latitude, longitude, AltitudeOf(gateway))
        : null;

    public static string? AltitudeOf(Gateway gateway) => gateway.Altitude?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One page of the gateways.</summary>
internal sealed record GatewayListResponse(IReadOnlyList<GatewayResponse> ResultList, int TotalCount);

/// <param name="Gateway">The gateway.</param>
/// <param name="Stats">The days of which something is known, oldest first.</param>
internal sealed record GatewayWithStatsResponse(GatewayDetails Gateway, IReadOnlyList<GatewayDay> Stats);

internal sealed record GatewayDay(DateTimeOffset Timestamp, int RxPacketsReceived, int TxPacketsEmitted);

/// <summary>It was done.</summary>
internal sealed record GatewayChangedResponse(bool Success)
{
    public static readonly GatewayChangedResponse Done = new(true);
}
