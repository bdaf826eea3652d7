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

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Create(int userId, string userName, bool isKombit)
    {
        var now = clock.GetUtcNow();
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object> { [UserName] = userName, [UserId] = userId, ["isKombit"] = isKombit },
            IssuedAt = now.UtcDateTime,
            Expires = (now + options.Value.Lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(SigningKey(options.Value), SecurityAlgorithms.HmacSha256),
        });
    }

    public static SymmetricSecurityKey SigningKey(JwtOptions options) => new(Encoding.UTF8.GetBytes(options.Secret));
}
