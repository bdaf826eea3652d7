using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OS2iot.Api.Auth;

/// <summary>Makes the tokens that clients send with each request. What they allow is looked up each time, so they only name the user.</summary>
internal sealed class AccessTokens(IOptions<JwtOptions> options, TimeProvider clock)
{
    public const string UserName = "username";

    public const string UserId = "sub";

    public const string Session = "sid";

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="userId">Whom it lets in.</param>
    /// <param name="userName">What clients show.</param>
    /// <param name="isKombit">Clients offer such a user no password.</param>
    /// <param name="session">With whose end it stops working.</param>
    /// <param name="expires">After which it is of no use.</param>
    public string Create(int userId, string userName, bool isKombit, Guid session, DateTimeOffset expires) =>
        Handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                [UserName] = userName,
                [UserId] = userId,
                ["isKombit"] = isKombit,
                [Session] = session.ToString("N"),
            },
            IssuedAt = clock.GetUtcNow().UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = new SigningCredentials(SigningKey(options.Value.Secret), SecurityAlgorithms.HmacSha256),
        });

    /// <summary>The present key and those before it.</summary>
    public static IEnumerable<SecurityKey> SigningKeys(JwtOptions options) => options.PreviousSecrets.Prepend(options.Secret).Select(SigningKey);

    private static SymmetricSecurityKey SigningKey(string secret) => new(Encoding.UTF8.GetBytes(secret));
}
