using System.Text.Json.Serialization;
using OS2iot.Api.Applications;
using OS2iot.Api.Http;
using OS2iot.Api.OpenDataDk;
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
    /// <summary>How the public gets its data; null where it does not.</summary>
    public DatasetResponse? OpenDataDkDataset { get; } = DatasetResponse.From(target.OpenDataDkDataset);

    public int? CreatedBy { get; } = target.CreatedById;

    public int? UpdatedBy { get; } = target.UpdatedById;

    /// <summary>A delivery failed within the last day. Only told where one target is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? HasRecentErrors { get; init; }
}
