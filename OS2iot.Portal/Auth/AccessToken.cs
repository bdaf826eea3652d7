using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;

namespace OS2iot.Portal.Auth;

/// <summary>The Api's token in the user's encrypted cookie. Only the Api judges it; the portal reads when it ends and whom it names.</summary>
internal static class AccessToken
{
    private const string ClaimType = "access_token";

    public static string? Of(ClaimsPrincipal? user) => user?.FindFirst(ClaimType)?.Value;

    /// <returns>Null when the text is no token.</returns>
    public static (ClaimsPrincipal User, DateTimeOffset Expires)? Read(string token, string scheme)
    {
        try
        {
            var parts = token.Split('.');
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts.Length == 3 ? parts[1] : ""));
            var name = payload.RootElement.GetProperty("username").GetString() ?? "";
            var expires = DateTimeOffset.FromUnixTimeSeconds(payload.RootElement.GetProperty("exp").GetInt64());
            Claim[] claims = [new(ClaimTypes.Name, name), new(ClaimType, token)];
            return (new ClaimsPrincipal(new ClaimsIdentity(claims, scheme)), expires);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
