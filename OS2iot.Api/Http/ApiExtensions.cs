using System.IO.Compression;
using System.Reflection;
using System.Text.Json.Serialization;
using FastEndpoints;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Net.Http.Headers;
using OS2iot.Api.Audit;
using OS2iot.Api.Auth;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Http;

/// <summary>The conventions of the wire, in one place.</summary>
internal static class ApiExtensions
{
    public static WebApplicationBuilder AddApiConventions(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyReader.MaxBytes;
        });
        builder.Services.AddSingleton(typeof(IRequestBinder<>), typeof(RequestReader<>));
        builder.Services.AddCors();
        builder.Services.AddResponseCompression(options => options.EnableForHttps = true);
        builder.Services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.Services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return builder;
    }

    public static WebApplication MapApi(this WebApplication app)
    {
        app.UseMiddleware<AnswerHeaders>();
        app.UseResponseCompression();
        app.UseMiddleware<HeadRequests>();
        app.UseMiddleware<ErrorAnswers>();
        app.UseCors(cors => cors.AllowAnyOrigin().AllowAnyHeader().WithMethods("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE")
            .WithExposedHeaders(HeaderNames.ETag, HeaderNames.RetryAfter));
        app.UseRouting();
        app.UseMiddleware<RefusedChanges>();
        app.UseAuthentication();
        app.UseMiddleware<ActingUser>();
        app.UseAuthorization();
        app.UseMiddleware<Preconditions>();
        app.MapEndpoints(Configure);
        return app;
    }

    private static void Configure(Config config)
    {
        config.Endpoints.ShortNames = true;
        config.Endpoints.AllowEmptyRequestDtos = true;
        config.Endpoints.Configurator = endpoint => endpoint.Description(route => Describe(route, endpoint));
        WireJson.Configure(config.Serializer.Options);
        config.Serializer.Options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        config.Serializer.ResponseSerializer = (response, answer, _, _, ct) => JsonAnswers.WriteAsync(response, answer, ct);
    }

    // A body of another type is read as an empty one, not refused; the reader sees to that.
    private static void Describe(RouteHandlerBuilder route, EndpointDefinition endpoint)
    {
        // What is written on the class is known to whoever looks at the route.
        route.WithMetadata([.. endpoint.EndpointType.GetCustomAttributes(inherit: true)]);
        route.ClearDefaultProduces(StatusCodes.Status400BadRequest).ClearDefaultAccepts();
        if (endpoint.Routes.All(AcceptsApiKeys.At))
        {
            route.WithMetadata(AcceptsApiKeys.Instance);
        }

        if (endpoint.EndpointType.GetCustomAttribute<AnswersAttribute>() is { } answers)
        {
            route.ClearDefaultProduces(StatusCodes.Status200OK, StatusCodes.Status204NoContent).Produces(StatusCodes.Status200OK, answers.Type, answers.ContentType);
        }

        if (typeof(IBodyRequest).IsAssignableFrom(endpoint.ReqDtoType))
        {
            route.Accepts(endpoint.ReqDtoType, isOptional: true, "application/json", "*/*");
        }
    }
}
