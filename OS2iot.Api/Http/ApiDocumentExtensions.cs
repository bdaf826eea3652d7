using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FastEndpoints;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OS2iot.ServiceDefaults;
using Scalar.AspNetCore;

namespace OS2iot.Api.Http;

/// <summary>Describes the API to programs (OpenAPI) and to people.</summary>
internal static class ApiDocumentExtensions
{
    private const string Path = $"/{EndpointsExtensions.RoutePrefix}/docs";

    public static IHostApplicationBuilder AddApiDocument(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer<Head>();
            options.AddOperationTransformer<Parameters>();
            options.AddSchemaTransformer<OptionalMembers>();
        });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        return builder;
    }

    public static WebApplication MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi(Path + "-json").AllowAnonymous();
        app.MapScalarApiReference(Path, scalar => scalar.WithTitle("OS2iot").WithOpenApiRoutePattern(Path + "-json")).AllowAnonymous();
        return app;
    }

    private sealed class Head : IOpenApiDocumentTransformer
    {
        public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
        {
            document.Info = new OpenApiInfo { Title = "OS2IoT - Backend", Version = "1.0" };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
            };
            return Task.CompletedTask;
        }
    }

    /// <summary>A member that may be absent is shown as what it holds.</summary>
    private sealed class OptionalMembers : IOpenApiSchemaTransformer
    {
        public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
        {
            var type = context.JsonTypeInfo.Type;
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
            {
                var held = Nullable.GetUnderlyingType(type.GenericTypeArguments[0]) ?? type.GenericTypeArguments[0];
                schema.Properties?.Clear();
                schema.Required?.Clear();
                schema.Type = JsonSchemaType.Null | (held == typeof(bool) ? JsonSchemaType.Boolean
                    : held == typeof(int) ? JsonSchemaType.Integer
                    : held.IsArray ? JsonSchemaType.Array
                    : JsonSchemaType.String);
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>Endpoints read address and query by themselves, so nothing tells the generator about those.</summary>
    private sealed class Parameters : IOpenApiOperationTransformer
    {
        public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
        {
            var endpoint = context.Description.ActionDescriptor.EndpointMetadata.OfType<EndpointDefinition>().FirstOrDefault();
            if (endpoint is null)
            {
                return Task.CompletedTask;
            }

            operation.Parameters ??= [];
            foreach (var part in (context.Description.RelativePath ?? "").Split('/').Where(p => p.StartsWith('{')))
            {
                Add(operation, part.Trim('{', '}'), ParameterLocation.Path, JsonSchemaType.Integer);
            }

            if (typeof(IQueryRequest).IsAssignableFrom(endpoint.ReqDtoType))
            {
                foreach (var property in endpoint.ReqDtoType.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    Add(
                        operation, JsonNamingPolicy.CamelCase.ConvertName(property.Name), ParameterLocation.Query,
                        property.PropertyType == typeof(string) ? JsonSchemaType.String : JsonSchemaType.Integer);
                }
            }

            return Task.CompletedTask;
        }

        private static void Add(OpenApiOperation operation, string name, ParameterLocation location, JsonSchemaType type)
        {
            if (operation.Parameters!.All(p => p.Name != name))
            {
                operation.Parameters!.Add(new OpenApiParameter
                {
                    Name = name,
                    In = location,
                    Required = location == ParameterLocation.Path,
                    Schema = new OpenApiSchema { Type = type },
                });
            }
        }
    }
}
