using System.Text.Json.Serialization;

namespace OS2iot.Api.Search;

/// <summary>Something that was searched for.</summary>
internal abstract record SearchHit(string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int OrganizationId)
{
    public abstract string Type { get; }
}

internal sealed record ApplicationHit(int Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int OrganizationId)
    : SearchHit(Name, CreatedAt, UpdatedAt, OrganizationId)
{
    public override string Type => "Application";
}

/// <summary>A device. Its key is shown to who has searched by it.</summary>
internal sealed record DeviceHit(
    int Id,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int OrganizationId,
    int ApplicationId,
    string DeviceType,
    string? DeviceId,
    [property: JsonPropertyName("deviceEUI")] string? DevEui,
    string? ApiKey)
    : SearchHit(Name, CreatedAt, UpdatedAt, OrganizationId)
{
    public override string Type => "IoTDevice";
}

/// <summary>A gateway, whose id is that of the network.</summary>
internal sealed record GatewayHit(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int OrganizationId)
    : SearchHit(Name, CreatedAt, UpdatedAt, OrganizationId)
{
    public string GatewayId => Id;

    public override string Type => "Gateway";
}
