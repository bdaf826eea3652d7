using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.OpenDataDk;
using OS2iot.Api.Validation;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

/// <summary>A target to change. Its type's settings stand beside these members; a secret that is absent or empty stays as it is.</summary>
internal class DataTargetRequest : IBodyRequest
{
    public static Shape Shape { get; } = Common().And(DataTargetShapes.OfChange);

    public string Name { get; init; } = "";

    public int ApplicationId { get; init; }

    /// <summary>Never changes.</summary>
    public string Type { get; init; } = "";

    /// <summary>Tries at once; null for the usual number. What it was when absent.</summary>
    public Optional<int?> MaxConcurrency { get; init; }

    /// <summary>How the public gets its data; only for targets of the type OPENDATADK. Absent means not at all.</summary>
    public DatasetRequest? OpenDataDkDataset { get; init; }

    /// <summary>Everything else, among it the type's settings.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Members { get; init; } = [];

    protected static Shape Common() => new()
    {
        ["name"] = Is.Text().Length(1, DataTarget.NameMaxLength),
        ["applicationId"] = Is.Id(),
        ["type"] = Is.OneOf([.. DataTargetTypes.All.Select(t => t.Name)]),
        ["maxConcurrency"] = Is.Integer().AtLeast(1).NotAbove(DataTarget.HighestConcurrency).Optional(),
        ["openDataDkDataset"] = DatasetRequest.Rules(),
    };
}

/// <summary>A target to make.</summary>
internal sealed class NewDataTargetRequest : DataTargetRequest, IBodyRequest
{
    public static new Shape Shape { get; } = Common().And(DataTargetShapes.OfNew);
}
