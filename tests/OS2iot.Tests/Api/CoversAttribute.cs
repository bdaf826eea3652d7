namespace OS2iot.Tests.Api;

/// <summary>Names an endpoint of today's REST API that a test meets, such as <c>GET /application/:id</c>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CoversAttribute(string endpoint) : Attribute
{
    public string Endpoint { get; } = endpoint;
}
