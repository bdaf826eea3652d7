using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace OS2iot.Api.OpenDataDk;

/// <summary>An answer that is the same for everybody, so that anybody on its way may keep it for a while.</summary>
internal static class PublicAnswer
{
    public const string Json = "application/json";

    public const string LinkedData = "application/ld+json";

    public static async Task WriteAsync(HttpContext context, string mediaType, ReadOnlyMemory<byte> body, TimeSpan maxAge, CancellationToken ct)
    {
        var response = context.Response;
        var tag = new EntityTagHeaderValue($"\"{Convert.ToBase64String(SHA256.HashData(body.Span).AsSpan(0, 18))}\"", isWeak: true);
        response.Headers.ETag = tag.ToString();
        response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)maxAge.TotalSeconds}");
        response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.Accept);
        if (context.Request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known
            && known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            await response.StartAsync(ct);
            return;
        }

        response.ContentType = mediaType + "; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, ct);
    }

    /// <summary>Whether a caller prefers linked data to plain JSON, which is what everybody gets who does not ask.</summary>
    public static bool IsLinkedDataWanted(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality(accepted, LinkedData) is > 0 and var wanted && wanted >= Quality(accepted, Json);
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string mediaType) =>
        accepted.Where(a => a.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)).Select(a => a.Quality ?? 1).DefaultIfEmpty(0).Max();
}
