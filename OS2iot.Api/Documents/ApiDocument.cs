using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OS2iot.Api.Documents;

/// <summary>The OpenAPI document. It is made when somebody first asks for it and does not change while the host runs.</summary>
internal sealed class ApiDocument
{
    public const string Name = "v1";

    private readonly Lazy<Task<Text>> _json;

    private readonly Lazy<Task<Text>> _yaml;

    public ApiDocument([FromKeyedServices(Name)] IOpenApiDocumentProvider provider)
    {
        var document = new Lazy<Task<OpenApiDocument>>(() => provider.GetOpenApiDocumentAsync());
        _json = new(async () => new Text(await (await document.Value).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1)));
        _yaml = new(async () => new Text(await (await document.Value).SerializeAsYamlAsync(OpenApiSpecVersion.OpenApi3_1)));
    }

    public async Task WriteJsonAsync(HttpContext context) => await WriteAsync(context, await _json.Value, "application/json; charset=utf-8");

    public async Task WriteYamlAsync(HttpContext context) => await WriteAsync(context, await _yaml.Value, "application/yaml; charset=utf-8");

    private static async Task WriteAsync(HttpContext context, Text text, string contentType)
    {
        context.Response.Headers.ETag = text.Tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch.Contains(text.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = contentType;
        context.Response.ContentLength = text.Bytes.Length;
        await context.Response.Body.WriteAsync(text.Bytes, context.RequestAborted);
    }

    private sealed class Text(string text)
    {
        public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(text);

        public string Tag { get; } = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16))}\"";
    }
}
