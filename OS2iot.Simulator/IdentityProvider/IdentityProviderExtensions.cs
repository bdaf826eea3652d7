using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OS2iot.Simulator.IdentityProvider;

/// <summary>
/// An identity provider of a town, by OpenIddict: authorization code with PKCE, discovery, published keys, logout. Users are chosen from a
/// list, without a password. Any client may use it whose addresses are on this machine; any secret but <c>wrong</c> will do.
/// </summary>
internal static class IdentityProviderExtensions
{
    public const string PrivilegesClaim = "privileges_intermediate";

    private const string Sid = "sid";

    private const string Chosen = "user";

    private const string Authorize = "/connect/authorize";

    private const string EndSession = "/connect/logout";

    private const string Folder = "/identity-provider";

    public static WebApplicationBuilder AddIdentityProvider(this WebApplicationBuilder builder)
    {
        var sessions = new ProviderSessions();
        foreach (var client in builder.Configuration.GetSection("Simulator:IdentityProvider:Clients").GetChildren())
        {
            sessions.Clients[client.Key] = new ProviderClient(client.GetValue<Uri?>(nameof(ProviderClient.BackChannelLogoutUri)));
        }

        var tokens = new TokenForger(TimeProvider.System);
        builder.Services.AddSingleton(sessions);
        builder.Services.AddSingleton(_ => tokens);
        builder.Services.AddSingleton<LogoutSender>();
        builder.Services.AddHttpClient(LogoutSender.Client, client => client.Timeout = TimeSpan.FromSeconds(5));
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            // No store: whoever asks is a client, and what was given out is remembered here.
            server.EnableDegradedMode();
            server.SetAuthorizationEndpointUris(Authorize).SetTokenEndpointUris("/connect/token").SetEndSessionEndpointUris(EndSession);
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email);
            server.RegisterClaims(Claims.Name, Claims.GivenName, Claims.FamilyName, Claims.Email, Sid, PrivilegesClaim, "cvr", "name_id", "loa");
            server.AddSigningKey(tokens.Key).AddEphemeralEncryptionKey().DisableAccessTokenEncryption();
            server.UseAspNetCore().DisableTransportSecurityRequirement().EnableAuthorizationEndpointPassthrough().EnableEndSessionEndpointPassthrough();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(CheckRedirect));
            server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(CheckRedirect));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context => CheckTokenRequest(context, sessions)));
            server.AddEventHandler<HandleConfigurationRequestContext>(handler => handler.UseInlineHandler(AddLogoutMetadata));
            server.AddEventHandler<ApplyTokenResponseContext>(handler => handler.SetOrder(int.MinValue + 100_000)
                .UseInlineHandler(context => SpoilToken(context, sessions, tokens)));
        });
        return builder;
    }

    /// <summary>
    /// <c>GET /identity-provider</c> shows who is signed in and ends sessions. <c>PUT /identity-provider/faults</c> with
    /// <c>{"fault":"WrongSignature"}</c> spoils the next token; <c>PUT /identity-provider/clients/{id}</c> with
    /// <c>{"backChannelLogoutUri":"…"}</c> says where a client is told of logouts; <c>DELETE /identity-provider/sessions/{sid}</c> ends one.
    /// </summary>
    public static void MapIdentityProvider(this WebApplication app)
    {
        var sessions = app.Services.GetRequiredService<ProviderSessions>();
        var sender = app.Services.GetRequiredService<LogoutSender>();
        app.MapMethods(Authorize, ["GET", "POST"], context => SignInAsync(context, sessions));
        app.MapMethods(EndSession, ["GET", "POST"], context => SignOutAsync(context, sessions, sender));

        app.MapGet(Folder, () => Results.Content(Page("Aktive sessioner", string.Concat(sessions.All.Select(s =>
            $"<form method=post action='{Folder}/sessions/{s.Sid}/end'>{Encode(TownUser.All.FirstOrDefault(u => u.Subject == s.Subject)?.Name ?? s.Subject)} ({Encode(s.ClientId)}) <button>Log ud</button></form>"))), "text/html"));
        app.MapGet(Folder + "/sessions", () => sessions.All);
        app.MapDelete(Folder + "/sessions/{sid}", async (string sid, HttpContext context) =>
            await sender.EndAsync(sid, Issuer(context), context.RequestAborted) ? Results.NoContent() : Results.NotFound());
        app.MapPost(Folder + "/sessions/{sid}/end", async (string sid, HttpContext context) =>
        {
            await sender.EndAsync(sid, Issuer(context), context.RequestAborted);
            return Results.LocalRedirect(Folder);
        });
        app.MapPut(Folder + "/clients/{id}", (string id, ProviderClient client) =>
        {
            sessions.Clients[id] = client;
            return Results.NoContent();
        });
        app.MapPut(Folder + "/faults", (FaultRequest request) =>
        {
            sessions.NextFault = request.Fault;
            return Results.NoContent();
        });
    }

    public static string Issuer(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}/";

    private static async Task SignInAsync(HttpContext context, ProviderSessions sessions)
    {
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("This is no authorization request.");
        var wanted = (string?)request[Chosen] ?? request.LoginHint;
        if (TownUser.All.FirstOrDefault(u => u.Login == wanted) is not { } user)
        {
            await ShowUsersAsync(context);
            return;
        }

        var identity = new ClaimsIdentity("simulator", Claims.Name, Claims.Role);
        Add(Claims.Subject, user.Subject);
        Add(Claims.Name, user.Name);
        Add(Claims.GivenName, user.GivenName);
        Add(Claims.FamilyName, user.FamilyName);
        Add(Claims.Email, user.Email);
        Add("cvr", user.Cvr);
        Add("name_id", user.NameId);
        Add("loa", "Substantial");
        Add(PrivilegesClaim, user.PrivilegesIntermediate);
        Add(Sid, sessions.Begin(request.ClientId!, user.Subject));
        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(request.GetScopes());
        await context.SignInAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, principal);

        void Add(string type, string? value)
        {
            if (value is not null)
            {
                identity.AddClaim(new Claim(type, value));
            }
        }
    }

    private static async Task ShowUsersAsync(HttpContext context)
    {
        var parameters = context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync(context.RequestAborted)).ToDictionary(p => p.Key, p => (string?)p.Value)
            : context.Request.Query.ToDictionary(p => p.Key, p => (string?)p.Value);
        var links = TownUser.All.Select(user =>
        {
            parameters[Chosen] = user.Login;
            return $"<li><a id='{user.Login}' href='{Encode(QueryHelpers.AddQueryString(Authorize, parameters))}'>{Encode(user.Name)}</a></li>";
        });
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Page("Hvem er du?", $"<ul>{string.Concat(links)}</ul>"), context.RequestAborted);
    }

    private static async Task SignOutAsync(HttpContext context, ProviderSessions sessions, LogoutSender sender)
    {
        // Who asks knows already, so only the session goes.
        var hint = await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        sessions.End(hint.Principal?.FindFirst(Sid)?.Value);
        await context.SignOutAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, new AuthenticationProperties { RedirectUri = Folder });
    }

    private static ValueTask CheckRedirect(ValidateAuthorizationRequestContext context)
    {
        if (!Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var uri) || !uri.IsLoopback)
        {
            context.Reject(Errors.InvalidRequest, "The simulator sends nobody to another machine.");
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask CheckRedirect(ValidateEndSessionRequestContext context)
    {
        if (context.PostLogoutRedirectUri is { Length: > 0 } && !(Uri.TryCreate(context.PostLogoutRedirectUri, UriKind.Absolute, out var uri) && uri.IsLoopback))
        {
            context.Reject(Errors.InvalidRequest, "The simulator sends nobody to another machine.");
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask CheckTokenRequest(ValidateTokenRequestContext context, ProviderSessions sessions)
    {
        if (context.Request.ClientSecret == "wrong")
        {
            context.Reject(Errors.InvalidClient, "The secret is wrong.");
        }
        else if (context.Request.Code is not { } code || !sessions.Use(code))
        {
            context.Reject(Errors.InvalidGrant, "The code was used before.");
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask AddLogoutMetadata(HandleConfigurationRequestContext context)
    {
        context.Metadata["backchannel_logout_supported"] = true;
        context.Metadata["backchannel_logout_session_supported"] = true;
        return ValueTask.CompletedTask;
    }

    private static ValueTask SpoilToken(ApplyTokenResponseContext context, ProviderSessions sessions, TokenForger tokens)
    {
        if (context.Response.IdToken is { } token && sessions.TakeFault() is not TokenFault.None and var fault)
        {
            context.Response.IdToken = tokens.Spoil(token, fault);
        }

        return ValueTask.CompletedTask;
    }

    private static string Page(string title, string body) =>
        $"<!DOCTYPE html><html lang=da><meta charset=utf-8><link rel=icon href=\"data:,\"><title>{title}</title><h1>{title}</h1><p>Byens simulerede identitetsudbyder</p>{body}</html>";

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private sealed record FaultRequest(TokenFault Fault);
}
