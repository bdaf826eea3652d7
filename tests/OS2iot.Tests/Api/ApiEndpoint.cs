using FastEndpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Tests.Api;

/// <summary>An endpoint as the Api serves it.</summary>
internal sealed record ApiEndpoint(Type Type, string Verb, string Path, EndpointDefinition Definition)
{
    public bool HasBody => Definition.ReqDtoType.IsAssignableTo(typeof(IBodyRequest));

    /// <summary>The rules of its body; null where it reads none.</summary>
    public Shape? Shape => HasBody ? (Shape)Definition.ReqDtoType.GetProperty(nameof(IBodyRequest.Shape))!.GetValue(null)! : null;

    public IReadOnlyCollection<QueryParameter> Parameters => Definition.ReqDtoType.IsAssignableTo(typeof(IQueryRequest))
        ? QueryReader.ParametersOf((IQueryRequest)Activator.CreateInstance(Definition.ReqDtoType)!)
        : [];

    public bool IsList => Verb == "GET" && Definition.ReqDtoType.IsAssignableTo(typeof(ListQuery));

    /// <summary>All of them, in the order of their addresses; new ones come in by themselves.</summary>
    public static List<ApiEndpoint> AllOf(IServiceProvider services) =>
    [
        .. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Route: e, Definition: e.Metadata.GetMetadata<EndpointDefinition>()))
            .Where(e => e.Definition is not null)
            .Select(e => new ApiEndpoint(
                e.Definition!.EndpointType,
                e.Route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0],
                e.Route.RoutePattern.RawText!.TrimStart('/')["api/v1".Length..].TrimStart('/'),
                e.Definition))
            .OrderBy(e => e.Path, StringComparer.Ordinal).ThenBy(e => e.Verb, StringComparer.Ordinal),
    ];

    public override string ToString() => $"{Verb} /{Path}";
}
