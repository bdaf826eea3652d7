using System.Text.Json.Serialization;
using OS2iot.Api.Applications;
using OS2iot.Api.Http;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

internal class DataTargetCore(DataTarget target, Dictionary<string, object?> settings) : EntityResponse(target)
{
    public string Type { get; } = target.Type;

    public string Name { get; } = target.Name;

    /// <summary>The type's own members, secrets left out.</summary>
    [JsonExtensionData]
    public IDictionary<string, object?> Settings { get; } = settings;
}

internal class DataTargetWithApplication(DataTarget target, Dictionary<string, object?> settings, ApplicationCore application)
    : DataTargetCore(target, settings)
{
    public ApplicationCore Application { get; } = application;
}

internal sealed class DataTargetDetails(DataTarget target, Dictionary<string, object?> settings, ApplicationCore application)
    : DataTargetWithApplication(target, settings, application)
{
    public object? OpenDataDkDataset { get; }

    public int? CreatedBy { get; } = target.CreatedById;

    public int? UpdatedBy { get; } = target.UpdatedById;
}
