using System.Text.Json;

namespace OS2iot.Core.Sigfox;

/// <summary>A device as Sigfox has it.</summary>
public sealed record SigfoxRegisteredDevice
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? GroupId { get; init; }

    public string? DeviceTypeId { get; init; }

    public string? DeviceTypeName { get; init; }

    public string? Pac { get; init; }

    public string? ProductCertificate { get; init; }

    public bool Prototype { get; init; }

    public bool AutomaticRenewal { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    /// <summary>Whether ours has another name, or another place that is known.</summary>
    public bool Differs(SigfoxDevice device) =>
        Name != device.Name || (device.Latitude is not null && (device.Latitude, device.Longitude) != (Latitude, Longitude));

    /// <summary>With the name and place of ours.</summary>
    public SigfoxRegisteredDevice As(SigfoxDevice device) =>
        this with { Name = device.Name, Latitude = device.Latitude, Longitude = device.Longitude };

    internal static SigfoxRegisteredDevice From(JsonElement json) => new()
    {
        Id = json.Text("id") ?? "",
        Name = json.Text("name"),
        GroupId = json.Member("group")?.Text("id"),
        DeviceTypeId = json.Member("deviceType")?.Text("id"),
        DeviceTypeName = json.Member("deviceType")?.Text("name"),
        Pac = json.Text("pac"),
        ProductCertificate = json.Member("productCertificate")?.Text("key"),
        Prototype = json.Member("prototype") is { ValueKind: JsonValueKind.True },
        AutomaticRenewal = json.Member("automaticRenewal") is { ValueKind: JsonValueKind.True },
        Latitude = json.Member("location")?.Number("lat"),
        Longitude = json.Member("location")?.Number("lng"),
    };
}

/// <summary>A device that Sigfox shall have.</summary>
public sealed record SigfoxNewDevice
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Pac { get; init; }

    public required string DeviceTypeId { get; init; }

    /// <summary>Null for a prototype, which needs none.</summary>
    public string? ProductCertificate { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }
}

/// <summary>What a person says of a device type.</summary>
public sealed record SigfoxDeviceTypeSettings
{
    public const int NameMaxLength = 100;

    public const int DescriptionMaxLength = 300;

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string ContractId { get; init; }

    /// <summary>Seconds; 0 for none.</summary>
    public int? KeepAlive { get; init; }

    public string? AlertEmail { get; init; }
}
