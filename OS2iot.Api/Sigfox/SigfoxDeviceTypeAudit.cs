using System.Globalization;
using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>Device types are Sigfox's, so no save of ours tells of them.</summary>
internal static class SigfoxDeviceTypeAudit
{
    public static AuditRecord Of(string action, string id, SigfoxGroup group, SigfoxDeviceTypeRequest request) => new()
    {
        Action = action,
        Type = AuditTypes.SigfoxDeviceType,
        EntityId = id,
        Name = request.Name,
        After = JsonSerializer.Serialize(request, WireJson.Answers),
        OwnerType = AuditTypes.SigfoxGroup,
        OwnerId = group.Id.ToString(CultureInfo.InvariantCulture),
    };
}
