using System.Collections.Concurrent;
using Npgsql;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Http;

/// <summary>
/// <c>If-Match</c> on PUT and DELETE: only if what is there is still what the caller read. That is found out by asking the GET of the same
/// address, so it works wherever there is one. Of several who ask so at once, one comes through.
/// </summary>
internal sealed class Preconditions(RequestDelegate next, EndpointDataSource endpoints)
{
    /// <summary>Each holds a connection while it is under way; the rest must not find the pool empty.</summary>
    private const int AtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly SemaphoreSlim Turn = new(AtOnce);

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

        if (!await Turn.WaitAsync(Patience, context.RequestAborted))
        {
            throw Refusal.TooManyRequests(retryAfter: 5);
        }

        try
        {
            await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
            await using var transaction = await connection.BeginTransactionAsync(context.RequestAborted);
            if (!await LockAsync(connection, context))
            {
                throw Refusal.PreconditionFailed();
            }

            var tag = await TagAsync(context, reader, current, scopes);

            // Here and not where it was taken away: what a method sets ends with it.
            current.HttpContext = context;
            if (!EntityTag.Matches(tag, context.Request.Headers.IfMatch))
            {
                throw Refusal.PreconditionFailed();
            }

            await next(context);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static bool IsConditional(string verb) => HttpMethods.IsPut(verb) || HttpMethods.IsDelete(verb);

    // Whoever has it changes the same thing at this moment.
    private static async Task<bool> LockAsync(NpgsqlConnection connection, HttpContext context)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", connection);
        command.Parameters.AddWithValue(context.Request.Path.Value!.TrimEnd('/').ToUpperInvariant());
        return (bool)(await command.ExecuteScalarAsync(context.RequestAborted))!;
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
        current.HttpContext = reading;
        await reader.RequestDelegate!(reading);
        return reading.Response.Headers.ETag.ToString();
    }

    private RouteEndpoint? Reader(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
        ? _readers.GetOrAdd(pattern, wanted => endpoints.Endpoints.OfType<RouteEndpoint>().FirstOrDefault(e =>
            string.Equals(e.RoutePattern.RawText, wanted, StringComparison.OrdinalIgnoreCase)
            && e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true))
        : null;
}
