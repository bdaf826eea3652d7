using System.Buffers.Text;
using System.Globalization;
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

            // The user's id is what forms are bound to: all else changes when the token is renewed, while somebody fills them in.
            var id = payload.RootElement.GetProperty("sub").GetInt32().ToString(CultureInfo.InvariantCulture);
            Claim[] claims = [new(ClaimTypes.Name, name), new(ClaimTypes.NameIdentifier, id), new(ClaimType, token)];
            return (new ClaimsPrincipal(new ClaimsIdentity(claims, scheme)), expires);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
