using System.Text.Json;

namespace OS2iot.Ingest.Answers;

/// <summary>The error answers that devices get, made once: <c>{"statusCode":403,"message":"…","error":"Forbidden"}</c>.</summary>
internal sealed class Answer
{
    private readonly int _statusCode;
    private readonly byte[] _body;

    /// <param name="statusCode">HTTP status.</param>
    /// <param name="message">An error code of the API, or a sentence that says what to do.</param>
    /// <param name="error">The reason phrase; left out where the wire format has none.</param>
    public Answer(int statusCode, string message, string? error)
    {
        _statusCode = statusCode;
        _body = error is null
            ? JsonSerializer.SerializeToUtf8Bytes(new { statusCode, message })
            : JsonSerializer.SerializeToUtf8Bytes(new { statusCode, message, error });
    }

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = _statusCode;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = _body.Length;
        return context.Response.Body.WriteAsync(_body, context.RequestAborted).AsTask();
    }
}
