using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>A group without its password.</summary>
internal sealed class SigfoxGroupResponse(SigfoxGroup group, JsonElement? atSigfox) : EntityResponse(group)
{
    public string Username { get; } = group.Username;

    /// <summary>The group's id at Sigfox.</summary>
    public string SigfoxGroupId { get; } = group.SigfoxGroupId;

    public OrganizationCore? BelongsTo { get; } = OrganizationCore.From(group.Organization);

    /// <summary>The group as Sigfox tells it; null while Sigfox does not answer.</summary>
    public JsonElement? SigfoxGroupData { get; } = atSigfox;

    public int? CreatedBy { get; } = group.CreatedById;

    public int? UpdatedBy { get; } = group.UpdatedById;
}
