using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>How much of a user is wanted.</summary>
internal sealed class GetUserQuery : IQueryRequest
{
    /// <summary>With users, types and organization of each group.</summary>
    public bool ExtendedInfo { get; private set; }

    public void Read(QueryReader query) => ExtendedInfo = string.Equals(query.Text("extendedInfo"), "true", StringComparison.OrdinalIgnoreCase);
}

/// <summary>One user whom the caller manages.</summary>
internal sealed class GetUser(AppDbContext db, Caller caller, UserReader reader) : Endpoint<GetUserQuery, UserDetails>
{
    public override void Configure()
    {
        Get("user/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<UserDetails> ExecuteAsync(GetUserQuery query, CancellationToken ct) =>
        await reader.FindAsync(db.Users.VisibleTo(caller), HttpContext.RouteId(), query.ExtendedInfo, ct) ?? throw Refusal.NotFound();
}
