using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

internal sealed class DataTargetRequest : IBodyRequest
{
    public static Shape Shape { get; } = new Shape
    {
        ["name"] = Is.Text().Length(1, DataTarget.NameMaxLength),
        ["applicationId"] = Is.Id(),
        ["type"] = Is.OneOf([.. DataTargetTypes.All.Select(t => t.Name)]),
    }.And(DataTargetShapes.Of);

    public string Name { get; init; } = "";

    public int ApplicationId { get; init; }

    public string Type { get; init; } = "";

    /// <summary>Everything else, among it the type's settings.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Members { get; init; } = [];
}
