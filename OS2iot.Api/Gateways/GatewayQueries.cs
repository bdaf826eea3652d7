using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Gateways;

namespace OS2iot.Api.Gateways;

internal static class GatewayQueries
{
    private const int Digits = 16;

    /// <summary>The gateway id of the address, as it is stored.</summary>
    /// <exception cref="Refusal">It is none.</exception>
    public static string RouteGatewayId(this HttpContext context)
    {
        var text = context.GetRouteValue("gatewayId") as string ?? "";
        if (text.Length != Digits)
        {
            throw Refusal.BadRequest(ErrorCodes.WrongLength);
        }

        return text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : throw Refusal.BadRequest(ErrorCodes.NotValidFormat);
    }

    /// <summary>Why a caller did not get a gateway: it is not there, or not theirs.</summary>
    public static async Task<Refusal> MissingAsync(this IQueryable<Gateway> gateways, string gatewayId, CancellationToken ct) =>
        await gateways.AnyAsync(g => g.GatewayId == gatewayId, ct) ? Refusal.Forbidden() : Refusal.NotFound();
}
