namespace OS2iot.Simulator.Tokens;

internal static class TokensExtensions
{
    public static WebApplicationBuilder AddTokens(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IssuedTokens>();
        return builder;
    }

    /// <summary>
    /// <c>POST /oauth2/token</c> gives a token for client credentials; any secret but <c>wrong</c> will do. <c>DELETE</c> ends all of them.
    /// </summary>
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.ServiceProvider.GetRequiredService<IssuedTokens>();
        routes.MapPost("/oauth2/token", async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return form["grant_type"] != "client_credentials" ? Results.Json(new { error = "unsupported_grant_type" }, statusCode: StatusCodes.Status400BadRequest)
                : form["client_id"].Count == 0 || form["client_secret"] == "wrong" ? Results.Json(new { error = "invalid_client" }, statusCode: StatusCodes.Status401Unauthorized)
                : Results.Json(new { access_token = tokens.Issue(), token_type = "Bearer", expires_in = IssuedTokens.LifetimeSeconds });
        });
        routes.MapDelete("/oauth2/token", () =>
        {
            tokens.Revoke();
            return Results.NoContent();
        });
    }
}
