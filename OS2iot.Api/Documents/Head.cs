using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Documents;

/// <summary>What concerns all addresses.</summary>
internal sealed class Head : IOpenApiDocumentTransformer
{
    public const string Bearer = "bearer";

    public const string ApiKey = "X-API-KEY";

    public static IEnumerable<OpenApiOperation> OperationsOf(OpenApiDocument document) =>
        document.Paths.Values.Where(p => p.Operations is not null).SelectMany(p => p.Operations!.Values);

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OS2IoT - Backend",
            Version = "1.0",
            Description =
                """
                The REST API of OS2iot. Paths are case-insensitive and may end with a slash; every GET can be asked as HEAD. Bodies are JSON objects of at
                most 100 kB, or forms; members and query parameters that are not known are ignored. Times are ISO 8601 in UTC. A member that is
                absent from a PUT leaves what is stored alone, null clears it.
                """,
        };

        // Clients are where they found this.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = $"From POST /{EndpointsExtensions.RoutePrefix}/auth/login.",
            },
            [ApiKey] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKey,
                Description = "A key of a program, with permissions of its own.",
            },
        };
        document.Tags = OperationsOf(document).SelectMany(o => o.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(t => t.Name!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new OpenApiTag { Name = name }).ToHashSet();
        Errors.AddTo(document);
        return Task.CompletedTask;
    }
}
