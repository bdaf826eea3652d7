namespace OS2iot.Api.Http;

/// <summary>The status of an endpoint's good answer where it is not the usual one: 201 for POST, 200 for all others.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SucceedsWithAttribute(int statusCode) : Attribute
{
    public int StatusCode { get; } = statusCode;
}

/// <summary>Refusals of an endpoint beyond those that follow from its guard, address and body. They stand in its description.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RefusesWithAttribute(params int[] statusCodes) : Attribute
{
    public IReadOnlyList<int> StatusCodes { get; } = statusCodes;
}
