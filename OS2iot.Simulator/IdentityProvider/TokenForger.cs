using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OS2iot.Simulator.IdentityProvider;

/// <summary>Signs tokens, and spoils them on request.</summary>
internal sealed class TokenForger(TimeProvider clock) : IDisposable
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly RSA _stolen = RSA.Create(2048);

    /// <summary>The key that is published.</summary>
    public RsaSecurityKey Key { get; } = new(RSA.Create(2048)) { KeyId = "simulator" };

    /// <summary>A token like the given one, with a fault.</summary>
    public string Spoil(string token, TokenFault fault)
    {
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();
        Change(claims, fault);
        return fault switch
        {
            TokenFault.AlgorithmNone => $"{Part("""{"alg":"none","typ":"JWT"}""")}.{Part(claims.ToJsonString())}.",
            TokenFault.PublicKeyAsSecret => Sign(claims, new SigningCredentials(
                new SymmetricSecurityKey(Encoding.ASCII.GetBytes(Key.Rsa.ExportSubjectPublicKeyInfoPem())) { KeyId = Key.KeyId }, SecurityAlgorithms.HmacSha256)),
            TokenFault.WrongSignature => Sign(claims, new SigningCredentials(new RsaSecurityKey(_stolen) { KeyId = Key.KeyId }, SecurityAlgorithms.RsaSha256)),
            TokenFault.UnknownKey => Sign(claims, new SigningCredentials(new RsaSecurityKey(_stolen) { KeyId = "unknown" }, SecurityAlgorithms.RsaSha256)),
            _ => Sign(claims),
        };
    }

    /// <summary>Signed by the published key.</summary>
    public string Sign(JsonObject claims) => Sign(claims, new SigningCredentials(Key, SecurityAlgorithms.RsaSha256));

    /// <summary>Tells a client that a session ended, as OpenID Connect Back-Channel Logout has it.</summary>
    public string LogoutToken(string issuer, string clientId, string? subject, string? sid, string? nonce = null)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = issuer,
            ["aud"] = clientId,
            ["iat"] = now,
            ["exp"] = now + 120,
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["events"] = new JsonObject { ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject() },
        };
        Add("sub", subject);
        Add("sid", sid);
        Add("nonce", nonce);
        return Sign(claims);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }
    }

    public void Dispose()
    {
        _stolen.Dispose();
        Key.Rsa.Dispose();
    }

    private static string Sign(JsonObject claims, SigningCredentials credentials) => Handler.CreateToken(claims.ToJsonString(), credentials);

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static void Change(JsonObject claims, TokenFault fault)
    {
        const long Hour = 3600;
        switch (fault)
        {
            case TokenFault.Expired:
                claims["iat"] = (long)claims["iat"]! - (2 * Hour);
                claims["exp"] = (long)claims["iat"]! + Hour;
                claims.Remove("nbf");
                break;
            case TokenFault.NotYetValid:
                claims["nbf"] = (long)claims["iat"]! + Hour;
                claims["exp"] = (long)claims["iat"]! + (2 * Hour);
                break;
            case TokenFault.OtherIssuer:
                claims["iss"] = "https://another-provider.example/";
                break;
            case TokenFault.OtherAudience:
                claims["aud"] = "another-client";
                break;
            case TokenFault.OtherNonce:
                claims["nonce"] = "another-nonce";
                break;
            case TokenFault.WrongRole:
                claims[IdentityProviderExtensions.PrivilegesClaim] = TownUser.All.Single(u => u.Login == "eva").PrivilegesIntermediate;
                break;
            case TokenFault.NoRole:
                claims.Remove(IdentityProviderExtensions.PrivilegesClaim);
                break;
            case TokenFault.BrokenPrivileges:
                claims[IdentityProviderExtensions.PrivilegesClaim] = Convert.ToBase64String("<PrivilegeList><PrivilegeGroup"u8);
                break;
            case TokenFault.PrivilegesWithDocumentType:
                claims[IdentityProviderExtensions.PrivilegesClaim] = Convert.ToBase64String(Encoding.UTF8.GetBytes(
                    $"""
                    <!DOCTYPE PrivilegeList [<!ENTITY role SYSTEM "file:///etc/hostname">]>
                    <PrivilegeList><PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:{TownUser.Skovby}"><Privilege>{TownUser.Role}</Privilege><Privilege>&role;</Privilege></PrivilegeGroup></PrivilegeList>
                    """));
                break;
        }
    }
}
