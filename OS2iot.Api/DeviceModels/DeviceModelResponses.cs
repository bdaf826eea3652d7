using System.Text;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DeviceModels;

internal class DeviceModelCore(DeviceModel model) : EntityResponse(model)
{
    /// <summary>The description, as it was sent.</summary>
    public RawJson Body { get; } = new(Encoding.UTF8.GetBytes(model.Body));
}

/// <summary>A model by itself. Here, and only here, clients expect the organization's id where others have the organization.</summary>
internal sealed class DeviceModelRow(DeviceModel model) : DeviceModelCore(model)
{
    [JsonPropertyName("belongsTo")]
    public int OrganizationId { get; } = model.OrganizationId;

    public int? CreatedBy { get; } = model.CreatedById;

    public int? UpdatedBy { get; } = model.UpdatedById;
}

internal sealed class DeviceModelDetails(DeviceModel model, Organization? organization) : DeviceModelCore(model)
{
    public OrganizationCore? BelongsTo { get; } = OrganizationCore.From(organization);

    public int? CreatedBy { get; } = model.CreatedById;

    public int? UpdatedBy { get; } = model.UpdatedById;
}
