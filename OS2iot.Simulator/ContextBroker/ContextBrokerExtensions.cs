using System.Text.Json;
using OS2iot.Simulator.Tokens;

namespace OS2iot.Simulator.ContextBroker;

internal static class ContextBrokerExtensions
{
    private const int MaxListed = 1_000;

    public static WebApplicationBuilder AddContextBroker(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EntityStore>();
        return builder;
    }

    /// <summary>
    /// The part of NGSI-LD that a data target needs: batch upsert, and reading what was stored. <c>PUT /ngsi-ld/faults</c> makes it
    /// refuse entities, <c>DELETE /ngsi-ld/v1/entities</c> forgets all.
    /// </summary>
    public static void MapContextBroker(this IEndpointRouteBuilder routes)
    {
        var (broker, tokens) = (routes.ServiceProvider.GetRequiredService<EntityStore>(), routes.ServiceProvider.GetRequiredService<IssuedTokens>());
        routes.MapPost("/ngsi-ld/v1/entityOperations/upsert", context => UpsertAsync(broker, tokens, context));
        routes.MapGet("/ngsi-ld/v1/entities", (HttpContext context, string? type) => broker.List(TenantOf(context), type, MaxListed));
        routes.MapGet("/ngsi-ld/v1/entities/{id}", (HttpContext context, string id) =>
            broker.Find(TenantOf(context), id) is { } entity ? Results.Json(entity) : Results.NotFound());
        routes.MapDelete("/ngsi-ld/v1/entities", () =>
        {
            broker.Clear();
            return Results.NoContent();
        });
        routes.MapPut("/ngsi-ld/faults", (BrokerFaults faults) =>
        {
            broker.Faults = faults;
            return Results.NoContent();
        });
    }

    private static string TenantOf(HttpContext context) => context.Request.Headers["NGSILD-Tenant"].ToString();

    private static async Task UpsertAsync(EntityStore broker, IssuedTokens tokens, HttpContext context)
    {
        if (broker.Faults.NeedsToken && !tokens.Has(context.Request.Headers.Authorization.ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (await ReadAsync(context) is not { ValueKind: JsonValueKind.Array } batch)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(
                new Problem("https://uri.etsi.org/ngsi-ld/errors/InvalidRequest", "The body must be an array of entities.", 400), context.RequestAborted);
            return;
        }

        var done = broker.Upsert(TenantOf(context), batch.EnumerateArray());
        (context.Response.StatusCode, object? answer) = done switch
        {
            { Errors.Count: > 0 } => (StatusCodes.Status207MultiStatus, new { success = done.Created.Concat(done.Updated), errors = done.Errors }),
            { Created.Count: > 0 } => (StatusCodes.Status201Created, done.Created),
            _ => (StatusCodes.Status204NoContent, (object?)null),
        };
        if (answer is not null)
        {
            await context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
        }
    }

    private static async Task<JsonElement?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
