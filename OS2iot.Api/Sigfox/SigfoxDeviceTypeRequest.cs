using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>A device type, and in the address the group through which Sigfox is told.</summary>
internal sealed class SigfoxDeviceTypeRequest : IBodyRequest, IQueryRequest
{
    private const int ContractIdMaxLength = 100;

    public static Shape Shape { get; } = new()
    {
        ["name"] = Is.Text().Length(1, SigfoxDeviceTypeSettings.NameMaxLength),
        ["contractId"] = Is.Text().Length(1, ContractIdMaxLength),
        ["description"] = Is.Text().AtMost(SigfoxDeviceTypeSettings.DescriptionMaxLength),
        ["keepAlive"] = Is.Integer().AtLeast(0).Optional(),
        ["alertEmail"] = Is.Email().Optional(),
    };

    [JsonIgnore]
    public int GroupId { get; private set; }

    public string Name { get; init; } = "";

    public string ContractId { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>Seconds after which a silent device counts as lost; 0 for never.</summary>
    public int? KeepAlive { get; init; }

    public string? AlertEmail { get; init; }

    public void Read(QueryReader query) => GroupId = query.Id("groupId");

    public SigfoxDeviceTypeSettings ToSettings() => new()
    {
        Name = Name,
        ContractId = ContractId,
        Description = Description,
        KeepAlive = KeepAlive,
        AlertEmail = AlertEmail,
    };
}

/// <summary>Ids of device types in addresses: 24 hex digits at Sigfox.</summary>
internal static class SigfoxDeviceTypeId
{
    private const int MaxLength = 24;

    /// <exception cref="Refusal">No device type can have this id.</exception>
    public static string RouteDeviceTypeId(this HttpContext context)
    {
        var id = context.GetRouteValue("id") as string ?? "";
        return id.Length is > 0 and <= MaxLength && id.All(char.IsAsciiHexDigit) ? id : throw Refusal.NotFound();
    }
}
