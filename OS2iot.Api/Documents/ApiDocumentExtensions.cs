using System.Text.Json.Serialization;
using OS2iot.ServiceDefaults;
using Scalar.AspNetCore;

namespace OS2iot.Api.Documents;

/// <summary>
/// Describes the API to programs (OpenAPI) and to people. Nothing is described by hand: summaries come from the comments of the classes,
/// rules from the shapes of the requests, guards from the policies, and examples from all of these.
/// </summary>
internal static class ApiDocumentExtensions
{
    private const string Path = $"/{EndpointsExtensions.RoutePrefix}/docs";

    public static IHostApplicationBuilder AddApiDocument(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(ApiDocument.Name, options =>
        {
            options.CreateSchemaReferenceId = SchemaNames.Of;
            options.AddSchemaTransformer<Schemas>();
            options.AddOperationTransformer<Operations>();
            options.AddDocumentTransformer<Head>();
            options.AddDocumentTransformer<Examples>();
        });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        builder.Services.AddSingleton<ApiDocument>();
        return builder;
    }

    public static WebApplication MapApiDocument(this WebApplication app)
    {
        var document = app.Services.GetRequiredService<ApiDocument>();
        app.MapGet(Path + "-json", document.WriteJsonAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(Path + "-yaml", document.WriteYamlAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapScalarApiReference(Path, scalar => scalar.WithTitle("OS2iot").WithOpenApiRoutePattern(Path + "-json")).AllowAnonymous();
        return app;
    }
}
