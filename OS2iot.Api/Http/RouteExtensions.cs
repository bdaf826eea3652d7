using System.Globalization;

namespace OS2iot.Api.Http;

internal static class RouteExtensions
{
    /// <summary>A number from the address; 0, which no row has, where it is too large for one.</summary>
    /// <exception cref="Refusal">It is no number.</exception>
    public static int RouteId(this HttpContext context, string name = "id")
    {
        var text = context.GetRouteValue(name) as string ?? "";
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            throw Refusal.BadRequest("Validation failed (numeric string is expected)");
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? id : 0;
    }
}
