using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Http;

/// <summary>The one place that writes error bodies.</summary>
internal sealed partial class ErrorAnswers(RequestDelegate next, TimeProvider clock, ILogger<ErrorAnswers> logger)
{
    private static readonly PathString AuthPath = $"/{EndpointsExtensions.RoutePrefix}/auth";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && IsUnknownRoute(context))
            {
                await WriteAsync(context, Refusal.NotFound($"Cannot {context.Request.Method} {context.Request.Path}"), clock);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Refusal refusal) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, refusal, clock);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(
                context,
                exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? Refusal.TooLarge() : Refusal.Malformed("Bad Request"),
                clock);
        }
        catch (DbUpdateException exception) when (!context.Response.HasStarted && exception.IsRace())
        {
            await WriteAsync(context, Refusal.Conflict("It was changed by somebody else at the same time"), clock);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogFailed(exception, context.Request.Method, context.Request.Path);
            await WriteAsync(context, Refusal.Unexpected(), clock);
        }
    }

    public static Task WriteAsync(HttpContext context, Refusal refusal, TimeProvider clock)
    {
        context.Response.Clear();
        context.Response.StatusCode = refusal.StatusCode;
        if (refusal.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (refusal.StatusCode == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        var body = refusal.Form != RefusalForm.Malformed && context.Request.Path.StartsWithSegments(AuthPath)
            ? AuthBody(context, refusal, clock)
            : refusal.ToBody();

        // Whole before the first byte goes: half an error can't be taken back.
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Answers);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static JsonObject AuthBody(HttpContext context, Refusal refusal, TimeProvider clock)
    {
        var body = new JsonObject
        {
            ["statusCode"] = refusal.StatusCode,
            ["timestamp"] = WireTime.Format(clock.GetUtcNow()),

            // Without the query, which may carry a token.
            ["path"] = context.Request.Path.Value,
        };
        if (refusal.Code is { } code)
        {
            body["code"] = code;
        }

        return body;
    }

    private static bool IsUnknownRoute(HttpContext context) =>
        context.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed
        && context.Response.ContentLength is null && context.Response.ContentType is null;

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, PathString path);
}
