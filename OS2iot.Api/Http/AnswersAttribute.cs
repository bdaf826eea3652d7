namespace OS2iot.Api.Http;

/// <summary>
/// What an endpoint's good answer looks like where its declared response does not say so: because rows differ in type, or because it is
/// not JSON. Stands in the description of the API.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AnswersAttribute(Type type, string contentType = "application/json") : Attribute
{
    public Type Type { get; } = type;

    public string ContentType { get; } = contentType;

    /// <summary>An answer in full; made from the type where this is null.</summary>
    public string? Example { get; init; }
}
