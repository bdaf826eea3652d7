using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace OS2iot.Api.Http;

/// <summary>Writes what endpoints return: POST answers 201, and what was read carries a weak tag so that it needn't be sent twice.</summary>
internal static class JsonAnswers
{
    public static async Task WriteAsync(HttpResponse response, object? answer, CancellationToken ct)
    {
        var request = response.HttpContext.Request;
        if (response.StatusCode == StatusCodes.Status200OK && HttpMethods.IsPost(request.Method))
        {
            response.StatusCode = response.HttpContext.GetEndpoint()?.Metadata.GetMetadata<SucceedsWithAttribute>()?.StatusCode
                ?? StatusCodes.Status201Created;
        }

        if (answer is null)
        {
            response.ContentLength = 0;
            return;
        }

        // Clients read a lone word as JSON, and expect it as text.
        if (answer is bool word)
        {
            response.ContentType = "text/html; charset=utf-8";
            await response.WriteAsync(word ? "true" : "false", ct);
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(answer, answer.GetType(), WireJson.Answers);
        response.ContentType = "application/json; charset=utf-8";
        if (HttpMethods.IsGet(request.Method) && response.StatusCode == StatusCodes.Status200OK && IsUnchanged(request, response, answer, body))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.ContentType = null;
            return;
        }

        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, ct);
    }

    private static bool IsUnchanged(HttpRequest request, HttpResponse response, object answer, byte[] body)
    {
        var tag = EntityTag.Of(answer, body);
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = $"{HeaderNames.Authorization}, X-API-KEY";
        return request.Headers.IfNoneMatch.Any(known => known is not null && known.Split(',').Any(k => k.Trim() == tag || k.Trim() == "*"));
    }
}
