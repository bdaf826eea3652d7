using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using FastEndpoints;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using OS2iot.Api.Validation;

namespace OS2iot.Api.Http;

/// <summary>A request that is read from a JSON body and held against its shape first.</summary>
internal interface IBodyRequest
{
    static abstract Shape Shape { get; }
}

/// <summary>
/// Turns a request into what its endpoint declares. Bodies are judged as JSON before they become objects: nothing is converted
/// from one type into another, and a member that is absent differs from one that is null.
/// </summary>
internal sealed class RequestReader<TRequest> : IRequestBinder<TRequest>
    where TRequest : notnull
{
    public async ValueTask<TRequest> BindAsync(BinderContext ctx, CancellationToken ct)
    {
        var isQuery = typeof(IQueryRequest).IsAssignableFrom(typeof(TRequest));
        if (!isQuery && !typeof(IBodyRequest).IsAssignableFrom(typeof(TRequest)))
        {
            // An endpoint without a request still has a type for it, which nobody looks at and nobody can make.
            return (TRequest)RuntimeHelpers.GetUninitializedObject(typeof(TRequest));
        }

        var request = typeof(IBodyRequest).IsAssignableFrom(typeof(TRequest))
            ? (TRequest)await BodyReader.ReadAsync(ctx.HttpContext.Request, typeof(TRequest), ct)
            : Activator.CreateInstance<TRequest>();
        if (isQuery)
        {
            var query = new QueryReader(ctx.HttpContext.Request.Query);
            ((IQueryRequest)request).Read(query);
            query.ThrowIfInvalid();
        }

        return request;
    }
}

internal static class BodyReader
{
    /// <summary>Of a body whose endpoint does not say otherwise by <see cref="RequestSizeLimitAttribute"/>.</summary>
    public const int MaxBytes = 100 * 1024;

    // Of a member that comes twice nobody knows which one was meant.
    private static readonly JsonDocumentOptions Unambiguous = new() { AllowDuplicateProperties = false };

    public static async Task<object> ReadAsync(HttpRequest request, Type type, CancellationToken ct)
    {
        using var document = Parse(await BytesAsync(request, ct), request);
        var shape = (Shape)type.GetProperty(nameof(IBodyRequest.Shape))!.GetValue(null)!;
        shape.ThrowIfViolatedBy(document.RootElement);
        try
        {
            return document.RootElement.Deserialize(type, WireJson.Requests)!;
        }
        catch (JsonException exception)
        {
            throw Refusal.Malformed($"{exception.Path} is not of the expected type");
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body, HttpRequest request)
    {
        if (IsForm(request))
        {
            return FromForm(body);
        }

        if (body.IsEmpty || !request.HasJsonContentType())
        {
            return JsonDocument.Parse("{}");
        }

        try
        {
            RefuseUnreadableText(body.Span);
            var document = JsonDocument.Parse(body, Unambiguous);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? document
                : throw Refusal.Malformed("The body must be a JSON object");
        }
        catch (JsonException exception)
        {
            throw Refusal.Malformed(
                exception.LineNumber is { } line
                    ? $"Unexpected token in JSON at line {line + 1}, byte {exception.BytePositionInLine + 1}"
                    : "The body has a member twice, or is no JSON");
        }
    }

    // PostgreSQL stores no NUL, and half of a surrogate pair is no text.
    private static void RefuseUnreadableText(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            throw Refusal.Malformed("The body is not UTF-8");
        }

        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                if (reader.GetString()!.Contains('\0'))
                {
                    throw Refusal.Malformed("The body contains a NUL character");
                }
            }
            catch (InvalidOperationException)
            {
                throw Refusal.Malformed("The body contains an incomplete character");
            }
        }
    }

    private static bool IsForm(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    private static JsonDocument FromForm(ReadOnlyMemory<byte> body)
    {
        var form = new JsonObject();
        foreach (var (name, value) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span)))
        {
            form[name] = value.LastOrDefault();
        }

        return form.ToJsonString().Contains("\\u0000", StringComparison.Ordinal)
            ? throw Refusal.Malformed("The body contains a NUL character")
            : JsonSerializer.SerializeToDocument(form);
    }

    private static async Task<ReadOnlyMemory<byte>> BytesAsync(HttpRequest request, CancellationToken ct)
    {
        var maxBytes = request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxBytes;
        if (request.ContentLength > maxBytes)
        {
            throw Refusal.TooLarge();
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(ct);
            if (read.Buffer.Length > maxBytes)
            {
                throw Refusal.TooLarge();
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
