using System.Collections.Concurrent;
using Npgsql;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Http;

/// <summary>
/// <c>If-Match</c> on PUT and DELETE: only if what is there is still what the caller read. That is found out by asking the GET of the same
/// address, so it works wherever there is one. Writers who ask so wait for each other.
/// </summary>
internal sealed class Preconditions(RequestDelegate next, EndpointDataSource endpoints)
{
    private readonly ConcurrentDictionary<string, RouteEndpoint?> _readers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether there is something to compare with.</summary>
    public static bool Cover(IEnumerable<string> addressesThatCanBeRead, string verb, string address) =>
        IsConditional(verb) && addressesThatCanBeRead.Contains(address, StringComparer.OrdinalIgnoreCase);

    public async Task InvokeAsync(HttpContext context, IHttpContextAccessor current, IServiceScopeFactory scopes, NpgsqlDataSource database)
    {
        if (context.Request.Headers.IfMatch.Count == 0 || !IsConditional(context.Request.Method) || Reader(context) is not { } reader)
        {
            await next(context);
            return;
        }

        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        await using var transaction = await connection.BeginTransactionAsync(context.RequestAborted);
        await LockAsync(connection, context);
        if (!EntityTag.Matches(await TagAsync(context, reader, current, scopes), context.Request.Headers.IfMatch))
        {
            throw Refusal.PreconditionFailed();
        }

        await next(context);
    }

    private static bool IsConditional(string verb) => HttpMethods.IsPut(verb) || HttpMethods.IsDelete(verb);

    private static async Task LockAsync(NpgsqlConnection connection, HttpContext context)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0)) FROM set_config('lock_timeout', '5s', true)", connection);
        command.Parameters.AddWithValue(context.Request.Path.Value!.TrimEnd('/').ToUpperInvariant());
        try
        {
            await command.ExecuteNonQueryAsync(context.RequestAborted);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw Refusal.PreconditionFailed();
        }
    }

    private static async Task<string> TagAsync(HttpContext context, RouteEndpoint reader, IHttpContextAccessor current, IServiceScopeFactory scopes)
    {
        await using var scope = scopes.CreateAsyncScope();
        var reading = new DefaultHttpContext { RequestServices = scope.ServiceProvider, User = context.User, RequestAborted = context.RequestAborted };
        reading.Request.Method = HttpMethods.Get;
        reading.Request.Scheme = context.Request.Scheme;
        reading.Request.Host = context.Request.Host;
        reading.Request.Path = context.Request.Path;
        reading.Request.RouteValues = new RouteValueDictionary(context.Request.RouteValues);
        reading.Response.Body = Stream.Null;
        reading.Features.Set(context.Features.Get<Caller>());
        reading.SetEndpoint(reader);
        try
        {
            current.HttpContext = reading;
            await reader.RequestDelegate!(reading);
        }
        finally
        {
            current.HttpContext = context;
        }

        return reading.Response.Headers.ETag.ToString();
    }

    private RouteEndpoint? Reader(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
        ? _readers.GetOrAdd(pattern, wanted => endpoints.Endpoints.OfType<RouteEndpoint>().FirstOrDefault(e =>
            string.Equals(e.RoutePattern.RawText, wanted, StringComparison.OrdinalIgnoreCase)
            && e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true))
        : null;
}
