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

    /// <summary>Somebody wants nothing to be sent for now.</summary>
    public bool Paused { get; } = target.Paused;

    /// <summary>Since when it is switched off because it failed for days or is gone; null while it is not.</summary>
    public DateTimeOffset? DisabledAt { get; } = target.DisabledAt;

    /// <summary>Why it is switched off.</summary>
    public string? DisabledReason { get; } = target.DisabledReason;

    /// <summary>Tries at once; null for the usual number.</summary>
    public int? MaxConcurrency { get; } = target.MaxConcurrency;

    /// <summary>The type's own members, secrets left out.</summary>
    [JsonExtensionData]
    public IDictionary<string, object?> Settings { get; } = settings;
}

internal class DataTargetWithApplication(DataTarget target, Dictionary<string, object?> settings, ApplicationCore application)
    : DataTargetCore(target, settings)
{
    public ApplicationCore Application { get; } = application;

    /// <summary>What it has not taken. Only told where targets are asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeliveryCounts? Deliveries { get; init; }
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

/// <param name="Pending">Messages that wait for their next try; 10,000 stands for that many or more.</param>
/// <param name="Dead">Messages that are no longer tried; likewise.</param>
internal sealed record DeliveryCounts(int Pending, int Dead);
